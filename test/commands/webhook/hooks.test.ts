import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Hooked, noting, openHooked, secret } from '../../webhooks/hooks/hooked.js'

let work: Hooked

beforeEach(async () => {
  work = await openHooked()
  await work.webhooks({ enabled: true, secret, handlers: { star: [noting] } })
})
afterEach(() => work.close())

const shown = async (...args: string[]) => {
  const { status, out, err } = await work.wizard('WEBHOOK', ...args)
  return { status, lines: `${out}${err}`.trimEnd().split('\n') }
}

test('SETUP says what it did in one line, and nothing when it is quiet', {
  tags: ['deep'],
}, async () => {
  const { url } = work.receiver
  const args = ['SETUP', 'uDOS/core', '--url', url]
  expect(await shown(...args, '--dry-run')).toEqual({
    status: 0,
    lines: [`✅ the hook at ${url} would be created (star)`],
  })
  const [{ id } = { id: 0 }] = [await shown(...args)].map(({ status, lines: [line = ''] }) => {
    expect(status).toBe(0)
    return { id: /hook (\d+)/.exec(line)?.[1] }
  })
  expect(await shown(...args)).toEqual({
    status: 0,
    lines: [`✅ hook ${id} at ${url} is unchanged (star); the ping was answered with 202`],
  })
  expect(await shown(...args, '--quiet')).toEqual({ status: 0, lines: [''] })
  work.receiver.status = 401
  expect(await shown(...args)).toEqual({
    status: 1,
    lines: [
      `❌ hook ${id} at ${url} is unchanged (star); the ping was answered with 401`,
      'error: the ping failed: 401 Invalid HTTP Response: 401',
      'hint: check that WEBHOOK SERVE runs there, with the same secret and path',
    ],
  })
  expect(await shown(...args, '--remove')).toEqual({
    status: 0,
    lines: [`✅ hook ${id} at ${url} is removed (star)`],
  })
})

test('RECOVER names what it has asked for, and counts the rest; PULL --once shows what it took', {
  tags: ['deep'],
}, async () => {
  await shown('SETUP', 'uDOS/core', '--url', work.receiver.url)
  expect((await shown('RECOVER', 'uDOS/core')).lines).toEqual(['2 delivered'])
  work.receiver.status = 500
  work.github.happen('uDOS/core', 'star')
  await work.github.delivered()
  const { delivery } = work.receiver.received.at(-1) ?? {}
  expect((await shown('RECOVER', 'uDOS/core', '--dry-run')).lines).toEqual([
    `star ${delivery} planned`,
    '2 delivered, 1 planned',
  ])
  work.github.fail({ method: 'POST', path: /attempts$/, status: 422, body: { message: 'Too old' } })
  const refused = await shown('RECOVER', 'uDOS/core')
  expect(refused.status).toBe(1)
  expect(refused.lines.slice(0, 2)).toEqual([
    expect.stringMatching(`star ${delivery} failed: delivery \\d{19} of uDOS/core: Too old`),
    '2 delivered, 1 failed',
  ])
  const pulled = await shown('PULL', 'uDOS/core', '--once')
  expect(pulled.lines.join('\n')).toContain(`${delivery}`)
  expect(pulled.lines.join('\n')).toContain('✅ note done')
  expect((await shown('PULL', 'uDOS/core', '--once')).lines).toEqual(['no new deliveries'])
})
