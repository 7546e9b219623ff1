import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { configure, push, secret } from './hook.js'

let space: Workspace
const good = { action: 'exec', name: 'good', payload: { cmd: ['/bin/echo', 'ran', '{branch}'] } }
const bad = {
  action: 'exec',
  name: 'bad',
  attempts: 1,
  payload: { cmd: ['/bin/sh', '-c', 'exit 3'] },
}
const body = JSON.stringify(push())
const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

beforeAll(async () => {
  space = await openWorkspace()
  await configure(space, { 'push:main': [good], 'push:broken': [bad] })
  await space.write('push.json', body)
  await space.write('broken.json', JSON.stringify(push({ ref: 'refs/heads/broken' })))
  await space.write('other.json', JSON.stringify(push({ ref: 'refs/heads/other' })))
})
afterAll(() => space.close())

const webhook = (...args: string[]) => space.wizard('WEBHOOK', ...args)
const receive = (file: string, ...args: string[]) =>
  webhook('RECEIVE', file, '--event', 'push', '--sign', ...args)

describe('before anything has come', () => {
  it('there is nothing, and nothing is made', async () => {
    expect((await webhook('LIST', '--json')).json).toEqual([])
    expect((await webhook('STATUS', '--json')).json).toEqual({
      enabled: true,
      engine: 'sqlite',
      serving: [],
      counts: {
        accepted: 0,
        queued: 0,
        running: 0,
        retry: 0,
        done: 0,
        dead: 0,
        ignored: 0,
        repeat: 0,
        cancelled: 0,
      },
      oldest_waiting_seconds: null,
      last_received_at: null,
      store_bytes: 0,
    })
    expect(await webhook('VIEW', '7')).toMatchObject({ status: 3 })
    expect((await webhook('PRUNE', '--json')).json).toEqual({ pruned: 0 })
    await expect(space.read('.wizard/webhooks/deliveries.db')).rejects.toThrow()
  })
})

describe('RECEIVE', () => {
  it('--dry-run shows the exact argument lists, and stores nothing', async () => {
    const { json } = await receive('push.json', '--dry-run', '--json')
    expect(json).toMatchObject({
      event: 'push',
      status: 'queued',
      reason: null,
      runs: [{ handler: 'good', action: 'exec', argv: ['/bin/echo', 'ran', 'main'] }],
    })
    const other = await receive('other.json', '--dry-run')
    expect(other.out).toBe('ignored: no handler\n')
    expect((await webhook('LIST', '--json')).json).toEqual([])
  })

  it('warns of an event that GitHub does not have', async () => {
    const args = ['RECEIVE', 'push.json', '--event', 'pushh', '--sign', '--dry-run']
    const { status, out, err } = await webhook(...args)
    expect([status, out]).toEqual([0, 'ignored: event\n'])
    expect(err).toContain("pushh is not an event of GitHub's webhooks; did you mean push?")
  })

  it('--run waits for the handlers', async () => {
    const { status, json } = await receive(
      'push.json',
      '--delivery',
      'aaaaaaaa-1',
      '--run',
      '--json',
    )
    expect(status).toBe(0)
    expect(json).toEqual({
      id: 1,
      delivery: 'aaaaaaaa-1',
      hook_id: null,
      event: 'push',
      action: null,
      repo: 'uDOS/core',
      ref: 'refs/heads/main',
      status: 'done',
      reason: null,
      received_at: expect.stringMatching(/^\d{4}-.*Z$/),
      times_received: 1,
      bytes: body.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      runs: [
        {
          handler: 'good',
          action: 'exec',
          status: 'done',
          attempts: 1,
          next_at: null,
          started_at: expect.any(String),
          ended_at: expect.any(String),
          duration_ms: expect.any(Number),
          exit: 0,
          error: null,
          result: null,
          machine: expect.any(String),
        },
      ],
    })
  })

  it('--run of one that fails for good is exit 1', async () => {
    const { status, err } = await receive('broken.json', '--delivery', 'bbbbbbbb-1', '--run')
    expect([status, err]).toEqual([1, expect.stringMatching(/delivery \d+ is dead: bad: .*exit 3/)])
  })

  it.each<[string, string[], number, RegExp]>([
    ['without a signature', ['push.json', '--event', 'push'], 2, /--signature or --sign/],
    [
      'with both',
      ['push.json', '--event', 'push', '--sign', '--signature', 'x'],
      2,
      /--signature or --sign/,
    ],
    [
      'with a wrong one',
      ['push.json', '--event', 'push', '--signature', `sha256=${'0'.repeat(64)}`],
      4,
      /does not match/,
    ],
    [
      'with one without sha256=',
      ['push.json', '--event', 'push', '--signature', '0'.repeat(64)],
      4,
      /does not match[\s\S]*sha256= and 64 lower-case hex digits/,
    ],
    ['without an event', ['push.json', '--sign'], 2, /--event/],
    [
      'with a strange event',
      ['push.json', '--event', 'Push', '--sign'],
      2,
      /name of an event[\s\S]*did you mean push/,
    ],
    ['with a strange id', ['push.json', '--event', 'push', '--sign', '--delivery', 'a b'], 2, /id/],
    ['of a file that is not there', ['none.json', '--event', 'push', '--sign'], 2, /none.json/],
  ])('%s', async (_, args, expected, message) => {
    const { status, err } = await webhook('RECEIVE', ...args)
    expect([status, err]).toEqual([expected, expect.stringMatching(message)])
  })

  it('takes no more than max_body', async () => {
    await space.write('large.json', `"${'x'.repeat(25 * 1024 * 1024)}"`)
    const { status, err } = await receive('large.json')
    expect([status, err]).toEqual([2, expect.stringContaining('max_body')])
  })

  it('takes standard input, and a signature that fits', async () => {
    const args = ['WEBHOOK', 'RECEIVE', '-', '--event', 'push', '--signature', signature, '--json']
    const { json } = await space.run([...args, '--delivery', 'aaaaaaaa-1'], { input: body })
    expect(json).toMatchObject({ id: 1, status: 'done', times_received: expect.any(Number) })
  })
})

describe('VERIFY', () => {
  it('is exit 0 or 1', async () => {
    const right = await webhook('VERIFY', 'push.json', '--signature', signature, '--json')
    expect([right.status, right.json]).toEqual([0, { ok: true }])
    const wrong = await webhook('VERIFY', 'other.json', '--signature', signature, '--json')
    expect([wrong.status, wrong.json]).toEqual([1, { ok: false }])
    expect(wrong.err).toContain('as GitHub sent them')
    const short = signature.replace('sha256=', '')
    const { status, err } = await webhook('VERIFY', 'push.json', '--signature', short)
    expect([status, err]).toEqual([
      1,
      expect.stringContaining('sha256= and 64 lower-case hex digits'),
    ])
  })
})

describe('what has come', () => {
  const ids = async (...args: string[]) =>
    (await webhook('LIST', '--json', ...args)).json.map(
      ({ delivery }: { delivery: string }) => delivery,
    )

  it('is listed, the newest first, filtered', async () => {
    expect(await ids()).toEqual(['bbbbbbbb-1', 'aaaaaaaa-1'])
    expect(await ids('--status', 'done,dead')).toEqual(['bbbbbbbb-1', 'aaaaaaaa-1'])
    expect(await ids('--status', 'dead')).toEqual(['bbbbbbbb-1'])
    expect(await ids('--repo', 'udos/CORE', '--limit', '1')).toEqual(['bbbbbbbb-1'])
    expect(await ids('--repo', 'uDOS/other')).toEqual([])
    expect(await ids('--event', 'release')).toEqual([])
    expect(await ids('--since', '1h')).toHaveLength(2)
    expect(await ids('--since', '2100-01-01')).toEqual([])
    const { json } = await webhook('LIST', '--json', '--limit', '1')
    expect(json[0].handlers).toEqual([{ handler: 'bad', status: 'dead' }])
    expect(json[0]).not.toHaveProperty('runs')
  })

  it.each<[string[], number, RegExp]>([
    [['LIST', '--status', 'deed'], 2, /did you mean dead/],
    [['LIST', '--since', 'soon'], 2, /not a time/],
    [['STATUS', '--stale', 'soon'], 2, /is not a duration/],
    [['VIEW', '99'], 3, /99/],
    [['VIEW', 'aaaaaaa'], 3, /aaaaaaa[\s\S]*give at least 8 characters/],
    [['VIEW', '1', '--log', 'none'], 3, /none/],
    [['VIEW', '1', '--log', 'good', '--body'], 2, /exclude/],
    [['REPLAY'], 2, /no delivery given/],
    [['REPLAY', '1', '--status', 'dead'], 2, /not both/],
    [['REPLAY', '99'], 3, /99/],
    [['REPLAY', '1', '--handler', 'god'], 3, /did you mean good/],
    [['CANCEL', '99'], 3, /99/],
    [['PRUNE', '--older', '1d'], 2, /at least 3d/],
  ])('%j', async (args, expected, message) => {
    const { status, err } = await webhook(...args)
    expect([status, err]).toEqual([expected, expect.stringMatching(message)])
  })

  it('is shown by its number and by the first characters of its id', async () => {
    for (const id of ['1', 'aaaaaaaa', 'aaaaaaaa-1']) {
      expect((await webhook('VIEW', id, '--json')).json).toMatchObject({ id: 1, headers: {} })
    }
    expect((await webhook('VIEW', '1', '--body')).stdout.toString()).toBe(body)
    expect((await webhook('VIEW', '1', '--log', 'good')).out).toBe('ran main\n')
    const { out } = await webhook('VIEW', 'bbbbbbbb')
    expect(out).toMatch(/bad dead: the command ended with exit 3/)
    expect(JSON.stringify((await webhook('VIEW', '1', '--json')).json)).not.toContain('sha256=')
  })

  it('shows nothing of a program that would steer the terminal', async () => {
    const line = String.raw`printf '\033[31mred\033]0;title\007\000\n'`
    const step = { action: 'exec', name: 'odd', payload: { cmd: ['/bin/sh', '-c', line] } }
    await configure(space, { 'push:odd': [step], 'push:main': [good], 'push:broken': [bad] })
    await space.write('odd.json', JSON.stringify(push({ ref: 'refs/heads/odd' })))
    const { json } = await receive('odd.json', '--run', '--json')
    const args = ['WEBHOOK', 'VIEW', String(json.id), '--log', 'odd']
    const controls = ['\u001b]', '\u0007', '\0']
    for (const run of [{}, { columns: 80 }]) {
      const { shown } = await space.run(args, run)
      expect(shown).toContain('red')
      expect(controls.filter((control) => shown.includes(control))).toEqual([])
    }
    const raw = await webhook(...args.slice(1), '--json')
    expect(raw.json).toEqual({
      content: '\u001b[31mred\u001b]0;title\u0007\u0000\n',
      encoding: 'utf-8',
    })
  })

  it('that is dead makes STATUS exit 1, until it is replayed', async () => {
    expect((await webhook('STATUS')).status).toBe(1)
    const replayed = await webhook('REPLAY', '--status', 'dead', '--json')
    expect(replayed.json).toMatchObject([{ delivery: 'bbbbbbbb-1', runs: [{ status: 'queued' }] }])
    const { json } = await webhook('STATUS', '--json')
    expect(json.counts).toMatchObject({ dead: 0, queued: 1 })
    const cancelled = await webhook('CANCEL', 'bbbbbbbb', '--json')
    expect(cancelled.json).toMatchObject([{ status: 'cancelled', runs: [{ status: 'cancelled' }] }])
    const { err } = await webhook('CANCEL', 'bbbbbbbb')
    expect(err).toMatch(/delivery \d+ is cancelled: nothing to cancel/)
    expect((await webhook('STATUS')).status).toBe(0)
  })

  it('that has ended is not cancelled, which CANCEL says', async () => {
    const { status, err } = await webhook('CANCEL', 'aaaaaaaa')
    expect([status, err]).toEqual([0, expect.stringMatching(/is done: nothing to cancel/)])
  })

  it('asks before it replays several', async () => {
    for (const name of ['c', 'd']) {
      await receive('broken.json', '--delivery', `${name.repeat(8)}-1`, '--json')
    }
    const repeats = await ids('--status', 'repeat')
    expect(repeats).toHaveLength(2)
    const args = ['WEBHOOK', 'REPLAY', '--status', 'repeat']
    expect((await space.run(args)).status).toBe(2)
    const declined = await space.run(args, { columns: 80, answer: 'n' })
    expect(declined.shown).toContain('Replay 2 deliveries?')
    expect(await ids('--status', 'repeat')).toHaveLength(2)
    expect((await space.run([...args, '--yes', '--json'])).json).toHaveLength(2)
    expect(await ids('--status', 'repeat')).toEqual([])
  })
})
