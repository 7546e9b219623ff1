import { describe, expect, it } from 'vitest'
import type { Credentials } from '../../../src/github/auth/credentials.js'
import { authorize, renewCredentials } from '../../../src/github/transport/authorize.js'
import type { ApiRequest, ApiResponse } from '../../../src/github/transport/message.js'
import { isRead } from '../../../src/http/message.js'
import { followRedirects } from '../../../src/http/policy/redirect.js'
import { answer, get, post, scripted } from '../support.js'

function holding(...tokens: string[]): Credentials {
  return {
    token: async () => tokens[0],
    source: async () => 'a test',
    async renew() {
      tokens.shift()
      return tokens.length > 0
    },
  }
}

const ownOrigin = ({ url }: ApiRequest) => url.origin === 'https://api.test'

describe('authorize', () => {
  it('adds the token for the API alone, on each hop of a redirect anew', async () => {
    const next = scripted(answer(302, { location: 'https://storage.test/blob?sig=1' }), answer())
    const follow = followRedirects<ApiRequest, ApiResponse>(isRead)
    await follow(authorize(holding('t'), ownOrigin)(next))(get())
    expect(next.asked.map(({ url, headers }) => [url.host, headers.authorization])).toEqual([
      ['api.test', 'Bearer t'],
      ['storage.test', undefined],
    ])
  })

  it('adds none for the API either, once another host has chosen the path', async () => {
    const next = scripted(
      answer(302, { location: 'https://storage.test/blob' }),
      answer(302, { location: 'https://api.test/admin' }),
      answer(),
    )
    const follow = followRedirects<ApiRequest, ApiResponse>(isRead)
    await follow(authorize(holding('t'), ownOrigin)(next))(get())
    expect(next.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t',
      undefined,
      undefined,
    ])
  })

  it('adds none where there is none, and leaves that of the caller', async () => {
    const next = scripted(answer(), answer())
    await authorize({ ...holding(), token: async () => undefined }, ownOrigin)(next)(get())
    await authorize(holding('t'), ownOrigin)(next)(get('/x', { headers: { authorization: 'own' } }))
    expect(next.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, 'own'])
  })
})

describe('renewCredentials', () => {
  it('reads a rotated token once, and asks again', async () => {
    const credentials = holding('old', 'new')
    const next = scripted(answer(401), answer(201))
    const send = renewCredentials(credentials)(authorize(credentials, ownOrigin)(next))
    expect((await send(post())).status).toBe(201)
    expect(next.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ])
  })

  it('gives the 401 where there is no other token', async () => {
    const next = scripted(answer(401))
    expect((await renewCredentials(holding('only'))(next)(get())).status).toBe(401)
  })

  it("takes storage's 401 for none of the API's", async () => {
    const next = scripted({ ...answer(401), foreign: true })
    expect((await renewCredentials(holding('a', 'b'))(next)(get())).status).toBe(401)
    expect(next.asked).toHaveLength(1)
  })

  it('asks once more only', async () => {
    const next = scripted(answer(401), answer(401))
    expect((await renewCredentials(holding('a', 'b', 'c'))(next)(get())).status).toBe(401)
  })
})
