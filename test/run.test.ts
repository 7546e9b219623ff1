import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Application } from '../src/app.js'
import { InterruptedError } from '../src/base/errors.js'
import { run } from '../src/run.js'
import { testClock } from './support/clock.js'
import { testHost } from './support/host.js'
import { testIo } from './support/in-process.js'
import { openWorkspace, reached, type Workspace } from './support/workspace.js'

let work: Workspace
let app: Application
beforeEach(async () => {
  work = await openWorkspace()
  for (const name of ['typo', 'micro']) {
    await work.github.addRepository(`uDOS/${name}`, { files: { 'a.txt': `${name}\n` } })
  }
  await work.repos({ tools: [{ repo: 'typo' }], editors: [{ repo: 'micro' }] })
  app = new Application(testHost(work.root))
})
afterEach(async () => {
  await app.close()
  await work.close()
})

/** A command in the one Application, with its output. */
function start(args: string[], signal?: AbortSignal) {
  const { io, stdout, stderr } = testIo(signal ? { signal } : {})
  const ended = run(args, io, app).then((status) => ({
    status,
    out: stdout.text,
    err: stderr.text,
  }))
  return { ended, stdout, stderr }
}
const finish = (...args: string[]) => start(args).ended

describe('two commands at once', () => {
  it('do not share events, results or errors', async () => {
    const [one, other] = await Promise.all([
      finish('REPO', 'CLONE', 'typo', 'one', '--verbose'),
      finish('REPO', 'CLONE', 'micro', 'other', '--verbose'),
    ])
    expect([one.status, other.status]).toEqual([0, 0])
    expect(one.err).toMatch(/typo/)
    expect(one.err).not.toMatch(/micro/)
    expect(other.err).toMatch(/micro/)
    expect(other.err).not.toMatch(/typo/)
  })

  it('are stopped one without the other', { tags: ['deep'] }, async () => {
    const fault = work.github.fail({ path: /typo\.git/, delay: 'forever' })
    const stop = new AbortController()
    const stopped = start(['REPO', 'CLONE', 'typo', 'one'], stop.signal)
    await reached(fault)
    const other = start(['REPO', 'CLONE', 'micro', 'other'])
    stop.abort(new InterruptedError('SIGINT'))
    expect(await stopped.ended).toMatchObject({ status: 130, err: 'error: interrupted\n' })
    expect(await other.ended).toMatchObject({ status: 0 })
    fault.remove()
    expect(await finish('REPO', 'CLONE', 'typo', 'one')).toMatchObject({ status: 0 })
  })

  it('have each their own time', { tags: ['deep'] }, async () => {
    const clock = testClock()
    app = new Application(testHost(work.root), { clock })
    const fault = work.github.fail({ path: /git-upload-pack|info\/refs/, delay: 'forever' })
    const other = start(['REPO', 'CLONE', 'micro', 'other'])
    await reached(fault)
    const short = start(['REPO', 'CLONE', 'typo', 'one', '--timeout', '0.2'])
    await reached(fault, 2)
    await clock.pass(200)
    expect(await short.ended).toMatchObject({ status: 7 })
    fault.remove()
    expect(await other.ended).toMatchObject({ status: 0 })
  })
})

it('two syncs of one root take turns, and both are whole', { tags: ['deep'] }, async () => {
  const [one, other] = await Promise.all([
    finish('REPO', 'SYNC', '--json'),
    finish('REPO', 'SYNC', '--json'),
  ])
  const statuses = [one, other].map(({ out }) =>
    JSON.parse(out).repositories.map(({ status }: { status: string }) => status),
  )
  expect(statuses.toSorted()).toEqual([
    ['cloned', 'cloned'],
    ['unchanged', 'unchanged'],
  ])
})

it('reads a configuration again that an earlier command changed', async () => {
  expect(await finish('REPO', 'ADD', 'uDOS/pico', '--no-check')).toMatchObject({ status: 0 })
  const { out } = await finish('REPO', 'LIST', '--local', '--json')
  expect(JSON.parse(out).map(({ repo }: { repo: string }) => repo)).toContain('uDOS/pico')
})

it('a broken configuration fails its own command, and none after it', async () => {
  const before = await work.read('config/repos.yaml')
  await work.write('config/repos.yaml', 'repos: [')
  expect(await finish('REPO', 'STATUS')).toMatchObject({ status: 2 })
  await work.write('config/repos.yaml', before)
  expect(await finish('REPO', 'STATUS')).toMatchObject({ status: 0 })
})

/** Commands with every kind of ending, and their exit statuses. */
const mixed: [words: string, status: number, stopAfter?: number][] = [
  ['--help', 0],
  ['--version --json', 0],
  ['REPO --help', 0],
  ['REPO SYNC', 0],
  ['REPO STATUS --offline', 0],
  ['REPO STATUS --json', 0],
  ['REPO VIEW typo --json', 0],
  ['REPO CAT typo a.txt', 0],
  ['REPO LIST --local', 0],
  ['API GET /repos/uDOS/typo --quiet', 0],
  ['CONFIG SHOW', 0],
  ['LOG SHOW --json', 0],
  ['PLUGIN LIST', 0],
  ['frobnicate', 2],
  ['REPO SINK', 2],
  ['REPO SYNC --nope', 2],
  ['REPO SYNC --config missing', 2],
  ['REPO VIEW uDOS/none', 3],
  ['WORKFLOW RUN typo/tests', 3],
  ['RELEASE VIEW typo', 3],
  ['REPO VIEW uDOS/held --timeout 0.05', 7],
  ['REPO VIEW uDOS/held', 130, 20],
]

it('1,000 commands in one process leave nothing behind', {
  tags: ['deep'],
  timeout: 170_000,
}, async () => {
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => warnings.push(message)
  process.on('warning', onWarning)
  await round()
  const before = { memory: settledMemory(), ...leftovers() }
  for (let done = mixed.length; done < 1000; done += mixed.length) await round()
  expect(settledMemory() - before.memory).toBeLessThan(8_000_000)
  await app.close()
  expect(warnings).toEqual([])
  const { listeners, timers } = leftovers()
  expect(listeners).toEqual(before.listeners)
  expect(timers).toBeLessThanOrEqual(before.timers)
  process.off('warning', onWarning)
})

async function round(): Promise<void> {
  const fault = work.github.fail({ path: /\/repos\/uDOS\/held/, delay: 'forever' })
  for (const [words, status, stopAfter] of mixed) {
    const signal = stopAfter === undefined ? undefined : interruptedAfter(stopAfter)
    const ended = await start(words.split(' '), signal).ended
    if (ended.status !== status) throw new Error(`${words}: ${ended.status}, ${ended.err}`)
  }
  fault.remove()
}

/** Milliseconds. */
function interruptedAfter(time: number): AbortSignal {
  const stop = new AbortController()
  setTimeout(() => stop.abort(new InterruptedError('SIGINT')), time)
  return stop.signal
}

/** Bytes on the heap that are still referenced. */
function settledMemory(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

function leftovers() {
  const events = process.eventNames()
  return {
    listeners: Object.fromEntries(
      events.map((name) => [String(name), process.listenerCount(name)]),
    ),
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }
}
