import { describe, expect, it } from 'vitest'
import type { ApiRequest, ApiResponse } from '../../../src/github/transport/message.js'
import { isTransient } from '../../../src/http/failure.js'
import { isRead } from '../../../src/http/message.js'
import { followRedirects } from '../../../src/http/policy/redirect.js'
import { answer, get, post, scripted } from '../../github/support.js'

const to = (status: number, location: string) => answer(status, { location })

const follow = followRedirects<ApiRequest, ApiResponse>(isRead)

describe('followRedirects', () => {
  it.each([301, 302, 307, 308])('keeps method and body of a %i within the API', async (status) => {
    const next = scripted(to(status, '/repositories/1'), answer())
    await follow(next)(post('/repos/o/old'))
    expect(next.asked[1]).toMatchObject({ method: 'POST', body: '{}' })
    expect(next.asked[1]?.url.href).toBe('https://api.test/repositories/1')
  })

  it('asks for what a 303 names', async () => {
    const next = scripted(to(303, '/done'), answer())
    await follow(next)(post())
    expect(next.asked[1]).toMatchObject({ method: 'GET', body: undefined })
  })

  it('takes no change to another host', async () => {
    const next = scripted(to(307, 'https://evil.test/x'), answer())
    await expect(follow(next)(post())).rejects.toThrow('redirects a POST to evil.test')
    expect(next.asked).toHaveLength(1)
  })

  it('takes no credential to another host, and does not leave https', async () => {
    const next = scripted(to(302, 'https://storage.test/x'), answer())
    await follow(next)(get('/x', { headers: { authorization: 'jwt', accept: 'a' } }))
    expect(next.asked[1]?.headers).toEqual({ accept: 'a' })
    await expect(follow(scripted(to(302, 'http://api.test/x')))(get())).rejects.toThrow('not https')
  })

  it('marks what another host answers, and what it redirects back to', async () => {
    const back = to(302, 'https://api.test/admin')
    const next = scripted(to(302, 'https://storage.test/x'), back, answer(404))
    expect(await follow(next)(get())).toMatchObject({ status: 404, foreign: true })
    expect(next.asked.map(({ url, foreign }) => [url.host, foreign])).toEqual([
      ['api.test', undefined],
      ['storage.test', true],
      ['api.test', true],
    ])
    const within = scripted(to(301, '/repositories/1'), answer())
    expect((await follow(within)(get())).foreign).toBeUndefined()
  })

  it('ends, and is not tried again', async () => {
    const around = Array.from({ length: 10 }, () => to(302, '/x'))
    const error = await follow(scripted(...around))(get()).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('in a loop')
    expect(isTransient(error)).toBe(false)
  })
})
