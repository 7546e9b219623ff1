import { rename, stat } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Clock, systemClock } from '../../../src/base/clock.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { configure, deliver, get, push, secret, serveArgs } from './hook.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

const exec = (line: string, more: object = {}) => ({
  action: 'exec',
  payload: { cmd: ['/bin/sh', '-c', line] },
  ...more,
})

/** Starts SERVE, and ends it with the test. */
async function serve(clock: Clock = systemClock) {
  const running = space.begin(serveArgs, { clock })
  onTestFinished(async () => {
    running.interrupt('SIGTERM')
    await running.ended
  })
  await running.wrote(/listening on unix:/)
  return running
}

const list = async (...args: string[]) =>
  (await space.wizard('WEBHOOK', 'LIST', '--json', ...args)).json

/** Until the newest delivery has this status. */
const until = (status: string, length = 1) =>
  vi.waitFor(
    async () => {
      const found = await list()
      expect(found.map((one: { status: string }) => one.status)).toEqual(
        Array.from({ length }, () => status),
      )
      return found
    },
    { timeout: 20_000, interval: 30 },
  )

describe('WEBHOOK SERVE', () => {
  it('keeps a delivery, runs its program once, and says what became of it', {
    tags: ['deep'],
  }, async () => {
    await configure(space, { push: [exec('cat > got; echo "$WIZARD_REPO $1"', { name: 'keep' })] })
    await serve()
    const payload = push()
    const delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958'
    const answer = await deliver(space, { payload, delivery })
    expect(answer.status).toBe(202)
    expect(JSON.parse(answer.body)).toEqual({ id: 1, status: 'accepted' })
    const [found] = await until('done')
    expect(found).toMatchObject({
      id: 1,
      delivery,
      event: 'push',
      repo: 'uDOS/core',
      ref: 'refs/heads/main',
      handlers: [{ handler: 'keep', status: 'done' }],
    })
    expect(await space.read('got')).toBe(JSON.stringify(payload))
    const again = await deliver(space, { payload, delivery })
    expect(JSON.parse(again.body)).toEqual({ id: 1, status: 'duplicate' })
    const { json } = await space.wizard('WEBHOOK', 'VIEW', '72d3162e', '--json')
    expect(json).toMatchObject({ times_received: 2, runs: [{ attempts: 1, exit: 0 }] })
    const { out } = await space.wizard('WEBHOOK', 'VIEW', '1', '--log', 'keep')
    expect(out).toBe('uDOS/core \n')
    const { status, json: state } = await space.wizard('WEBHOOK', 'STATUS', '--json')
    expect([status, state.counts.done, state.serving.length]).toEqual([0, 1, 1])
    expect((await stat(space.path('.wizard/webhooks'))).mode & 0o777).toBe(0o700)
  })

  it('syncs the repository of a push, in this process', { tags: ['deep'] }, async () => {
    await space.github.addRepository('uDOS/core', { files: { 'a.txt': 'one\n' } })
    await space.repos({ tools: [{ repo: 'core', destination: 'clones/core' }] })
    await configure(space, { push: [{ action: 'sync_repo' }] })
    await serve()
    await deliver(space)
    await until('done')
    expect(await space.read('clones/core/a.txt')).toBe('one\n')
    const { json } = await space.wizard('WEBHOOK', 'VIEW', '1', '--json')
    expect(json.runs[0].result).toMatchObject({ total: 1, succeeded: 1, failed: 0 })
  })

  it('answers what is refused with a status, and keeps nothing', { tags: ['deep'] }, async () => {
    await configure(space, { push: [exec('true')] })
    await serve()
    expect((await deliver(space, { signedBy: `${secret}x` })).status).toBe(401)
    expect((await deliver(space, { delivery: 'a b' })).status).toBe(400)
    expect((await get(space, '/other')).status).toBe(404)
    expect((await get(space, '/healthz')).status).toBe(200)
    expect(await list()).toEqual([])
  })

  it('refuses deliveries while it is too large, and nothing may go', {
    tags: ['deep'],
  }, async () => {
    const handlers = { push: [exec('until [ -e go ]; do sleep 0.05; done')] }
    await configure(space, handlers, { store: { max_size: '1MiB' } })
    await space.write('large.json', JSON.stringify(push({ pad: 'x'.repeat(2 * 1024 * 1024) })))
    await space.wizard('WEBHOOK', 'RECEIVE', 'large.json', '--event', 'push', '--sign')
    const running = await serve()
    expect((await deliver(space)).status).toBe(503)
    expect((await get(space, '/healthz')).status).toBe(503)
    await running.said(/max_size/)
    await space.write('go', '')
    await until('done')
    running.interrupt('SIGTERM')
    await running.ended
    await serve()
    expect((await deliver(space)).status).toBe(202)
    await until('done', 2)
  })

  it('marks a payload that is not JSON dead, and goes on', { tags: ['deep'] }, async () => {
    await configure(space, { push: [exec('true')] })
    await serve()
    await deliver(space, { body: Buffer.from('[]') })
    const [dead] = await until('dead')
    expect(dead.reason).toBe('the payload is not a JSON object')
    const { status, err } = await space.wizard('WEBHOOK', 'STATUS')
    expect([status, err]).toEqual([1, expect.stringContaining('1 delivery is dead')])
    expect((await deliver(space)).status).toBe(202)
  })

  it('tries again what fails, then keeps it as dead; REPLAY runs it again', {
    tags: ['deep'],
  }, async () => {
    const line = 'echo "$WIZARD_ATTEMPT" >> attempts; [ -e fixed ]'
    await configure(space, { push: [exec(line, { name: 'deploy', attempts: 2, backoff: 1 })] })
    await serve()
    await deliver(space)
    await until('dead')
    expect(await space.read('attempts')).toBe('1\n2\n')
    const { json } = await space.wizard('WEBHOOK', 'VIEW', '1', '--json')
    expect(json.runs[0]).toMatchObject({
      status: 'dead',
      attempts: 2,
      exit: 1,
      error: { code: 'FAILED', message: 'the command ended with exit 1' },
    })
    await space.write('fixed', '')
    const { status } = await space.wizard('WEBHOOK', 'REPLAY', '1')
    expect(status).toBe(0)
    await until('done')
    expect(await space.read('attempts')).toBe('1\n2\n3\n')
  })

  it('ends a program at its time limit', { tags: ['deep'] }, async () => {
    await configure(space, {
      push: [exec('touch started; sleep 600', { timeout: 600, attempts: 1 })],
    })
    await serve(space.clock)
    await deliver(space)
    await vi.waitFor(() => space.read('started'), 10_000)
    await space.clock.pass(600_000)
    await until('dead')
    const { json } = await space.wizard('WEBHOOK', 'VIEW', '1', '--json')
    expect(json.runs[0].error).toMatchObject({ code: 'TIMEOUT' })
  })

  it('never gives a branch of a stranger to a shell or as an option', {
    tags: ['deep'],
  }, async () => {
    const step = {
      action: 'exec',
      payload: { cmd: ['/bin/sh', '-c', 'echo "$1" > got', 'sh', '{branch}'] },
    }
    await configure(space, { push: [step] })
    await serve()
    await deliver(space, { payload: push({ ref: 'refs/heads/x;touch pwned' }) })
    await until('done')
    expect(await space.read('got')).toBe('x;touch pwned\n')
    await deliver(space, { payload: push({ ref: 'refs/heads/-rf' }) })
    await vi.waitFor(async () => expect((await list('--status', 'dead')).length).toBe(1), 10_000)
    await expect(space.read('pwned')).rejects.toThrow()
  })

  it('keeps the token from a program', async () => {
    await configure(space, { push: [exec('env')] })
    const running = space.begin(serveArgs, {
      clock: systemClock,
      env: { GITHUB_TOKEN: 'ghp_0123456789abcdef', EXTRA: 'x' },
    })
    onTestFinished(async () => {
      running.interrupt('SIGTERM')
      await running.ended
    })
    await running.wrote(/listening/)
    await deliver(space)
    await until('done')
    const { out } = await space.wizard('WEBHOOK', 'VIEW', '1', '--log', 'exec')
    expect(out).toContain('WIZARD_DELIVERY=')
    expect(out).not.toMatch(/GITHUB_TOKEN|EXTRA|ghp_/)
  })

  it('takes a changed webhooks.yaml, secret and all, and keeps the old one where it is wrong', {
    tags: ['deep'],
  }, async () => {
    await configure(space, { push: [exec('echo one >> got')] })
    const running = await serve()
    await space.write('config/webhooks.yaml', 'webhooks: { enabled: tru')
    await running.said(/webhooks.yaml was not reloaded/)
    await deliver(space)
    await vi.waitFor(async () => expect(await space.read('got')).toBe('one\n'), 10_000)
    const next = 'fedcba9876543210'
    await configure(space, { push: [exec('echo two >> got')] }, { secret: next })
    await running.said(/was reloaded/)
    expect((await deliver(space)).status).toBe(401)
    expect((await deliver(space, { signedBy: next })).status).toBe(202)
    await until('done', 2)
    expect(await space.read('got')).toBe('one\ntwo\n')
  })

  it('ends what waits for a handler that is gone, and REPLAY runs it once it is back', {
    tags: ['deep'],
  }, async () => {
    const slow = exec('until [ -e go ]; do sleep 0.05; done', { name: 'slow' })
    const handlers = { push: [slow, exec('true', { name: 'other', concurrency: 1 })] }
    await configure(space, handlers, { concurrency: 1 })
    const running = await serve()
    await deliver(space)
    await until('running')
    await configure(space, { push: [slow] }, { concurrency: 1 })
    await running.said(/was reloaded/)
    const runs = async () => {
      const { json } = await space.wizard('WEBHOOK', 'VIEW', '1', '--json')
      return Object.fromEntries(
        json.runs.map((run: { handler: string; status: string }) => [run.handler, run.status]),
      )
    }
    await vi.waitFor(async () => expect((await runs()).other).toBe('dead'), 10_000)
    await space.write('go', '')
    await until('dead')
    await configure(space, handlers, { concurrency: 1 })
    await running.said(/was reloaded[\s\S]*was reloaded/)
    await space.wizard('WEBHOOK', 'REPLAY', '1')
    await until('done')
    expect(await runs()).toEqual({ slow: 'done', other: 'done' })
  })

  it('ends with 0 when all runs have ended, and with 143 when their time is over', {
    tags: ['deep'],
  }, async () => {
    await configure(
      space,
      {
        push: [
          exec('echo x >> started; until [ -e finish ]; do sleep 0.05; done; echo x >> ended'),
        ],
      },
      { drain: 30 },
    )
    const first = await serve()
    await deliver(space)
    await vi.waitFor(() => space.read('started'), 10_000)
    first.interrupt('SIGTERM')
    await vi.waitFor(() => expect(get(space, '/healthz')).rejects.toThrow())
    await space.write('finish', '')
    expect((await first.ended).status).toBe(0)
    expect(await space.read('ended')).toBe('x\n')
    await configure(
      space,
      { push: [exec('echo "$WIZARD_ATTEMPT" >> runs; [ -e go ] || sleep 600')] },
      { drain: 0 },
    )
    const second = await serve()
    await deliver(space)
    await vi.waitFor(() => space.read('runs'), 10_000)
    second.interrupt('SIGTERM')
    expect((await second.ended).status).toBe(143)
    await space.write('go', '')
    await serve()
    await until('done', 2)
    expect(await space.read('runs')).toBe('1\n2\n')
  })

  it('answers 503 once its store was moved away, and loses nothing', async () => {
    await configure(space, { push: [exec('true')] })
    await serve()
    expect((await deliver(space)).status).toBe(202)
    await until('done')
    const file = space.path('.wizard/webhooks/deliveries.db')
    await rename(file, `${file}.moved`)
    expect((await deliver(space)).status).toBe(503)
    expect((await get(space, '/healthz')).status).toBe(503)
    await rename(`${file}.moved`, file)
    expect((await deliver(space)).status).toBe(202)
    await until('done', 2)
  })

  it('says so where the path of a socket is too long for the system', async () => {
    await configure(space, { push: [exec('true')] })
    const { status, err } = await space.run(['WEBHOOK', 'SERVE', '--unix', 'x'.repeat(120)])
    expect([status, err]).toEqual([2, expect.stringMatching(/bytes/)])
  })

  it('is alone at its SQLite store', async () => {
    await configure(space, { push: [exec('true')] })
    await serve()
    const { status, err } = await space.run(['WEBHOOK', 'SERVE', '--unix', 'other.sock'])
    expect([status, err]).toEqual([75, expect.stringContaining('WEBHOOK SERVE')])
  })

  it.each<[string, object, string[], number, RegExp]>([
    ['not enabled', { enabled: false }, [], 2, /enabled is false/],
    ['without a secret', { secret: null }, [], 2, /must be signed/],
    ['--accept-only with SQLite', {}, ['--accept-only'], 2, /shared PostgreSQL/],
    ['--port 0', {}, ['--port', '0'], 2, /port/],
    ['--path without a slash', {}, ['--path', 'hook'], 2, /must begin with/],
    ['--path of its own pages', {}, ['--path', '/healthz'], 2, /answers this path itself/],
    ['two places', {}, ['--port', '8787'], 2, /--unix excludes/],
  ])('is refused: %s', async (_, more, flags, expected, message) => {
    await configure(space, { push: [exec('true')] }, more)
    const { status, err } = await space.run([...serveArgs, ...flags])
    expect([status, err]).toEqual([expected, expect.stringMatching(message)])
  })

  it.each([
    ['--path', '/hook', /webhooks.path/],
    ['--port', '8787', /socket unit/],
    ['--host', '127.0.0.1', /socket unit/],
    ['--unix', 'hook.sock', /socket unit/],
  ])('beside a socket of systemd %s is refused', async (flag, value, message) => {
    await configure(space, { push: [exec('true')] })
    const env = { LISTEN_FDS: '1', LISTEN_PID: String(process.pid) }
    const { status, err } = await space.run(['WEBHOOK', 'SERVE', flag, value], { env })
    expect([status, err]).toEqual([2, expect.stringMatching(message)])
  })

  it('without a webhooks.yaml says where one belongs', async () => {
    const { status, err } = await space.run(serveArgs)
    expect([status, err]).toEqual([2, expect.stringContaining('config/webhooks.yaml')])
  })
})
