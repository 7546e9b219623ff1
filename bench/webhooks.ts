import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { stringify } from 'yaml'
import { postgresFolder, startCluster } from '../test/webhooks/support/postgres.js'
import { isInstalled } from './machine.js'
import { median, type Row, run } from './measure.js'

const secret = '0123456789abcdef0123'
const rounds = 3
const seconds = 3
const connections = 32
/** Of the even load. */
const perSecond = 1000
/** Bytes of a delivery; GitHub's own examples have 10 KB on average. */
const size = 8192
/** The peer runs a command for each request; wizard queues one, or has none for the event. */
const event = 'push'

/** Of webhooks.yaml. */
interface Webhooks {
  store: object
  handlers: object
}

/** An address that takes deliveries. */
interface Receiver {
  url: string
  stop(): Promise<void>
}

/**
 * Signed deliveries that are accepted a second, beside Debian's `webhook` (adnanh), which keeps
 * nothing and runs /bin/true for each. The two take turns.
 */
export async function webhooks(): Promise<Row[]> {
  for (const program of ['webhook', 'wrk']) {
    if (!(await isInstalled(program))) {
      console.log(`  ${program} is not installed: nothing to measure against`)
      return []
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'wizard-bench-webhooks-'))
  const cluster = postgresFolder() === null ? null : startCluster()
  try {
    await writeLoad(folder)
    const exec = [{ action: 'exec', payload: { cmd: ['/bin/true'] } }]
    const sqlite = { store: { engine: 'sqlite' } }
    const rows = [
      await rateRow(
        'accepted and routed, SQLite',
        folder,
        { ...sqlite, handlers: { release: exec } },
        0.77,
      ),
      await rateRow('accepted, with a program for each, SQLite', folder, {
        ...sqlite,
        handlers: { push: exec },
      }),
    ]
    if (cluster !== null) {
      const store = { engine: 'postgres', url: cluster.url }
      const handlers = { release: exec }
      rows.push(await rateRow('accepted and routed, PostgreSQL', folder, { store, handlers }, 1.67))
    }
    return [
      ...rows,
      await latencyRow(folder, { ...sqlite, handlers: { release: exec } }),
      await memoryRow(folder),
    ]
  } finally {
    cluster?.remove()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function rateRow(
  what: string,
  folder: string,
  webhooks: Webhooks,
  most?: number,
): Promise<Row> {
  const rates = await inTurns(folder, webhooks, rateOf)
  return {
    what,
    wizard: `${Math.round(median(rates.map(([mine]) => mine)))}/s`,
    peer: `${Math.round(median(rates.map(([, theirs]) => theirs)))}/s webhook`,
    ratio: median(rates.map(([mine, theirs]) => theirs / mine)),
    most,
  }
}

type Measure = (receiver: Receiver, folder: string) => Promise<number>

/** @returns of each round wizard's figure and the peer's */
async function inTurns(
  folder: string,
  webhooks: Webhooks,
  measure: Measure,
): Promise<[number, number][]> {
  const found: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    const own = await measured(await startWizard(folder, webhooks), measure, folder)
    found.push([own, await measured(await startPeer(folder), measure, folder)])
  }
  return found
}

/**
 * Measures a receiver that has just started, and ends it: the peer's programs run on for seconds
 * after its answers, and would slow down whoever comes next.
 */
async function measured(receiver: Receiver, measure: Measure, folder: string): Promise<number> {
  try {
    await measure(receiver, folder)
    return await measure(receiver, folder)
  } finally {
    await receiver.stop()
  }
}

let measurements = 0

/** Requests a second, all of them answered with 2xx. */
async function rateOf({ url }: Receiver, folder: string): Promise<number> {
  const script = join(folder, 'load.lua')
  const flags = ['-t1', `-c${connections}`, `-d${seconds}`, '-s', script]
  // Each measurement has its own half of the deliveries.
  const out = await run({
    argv: ['wrk', ...flags, url, '--', String((++measurements % 2) * mostSent)],
  })
  if (/Non-2xx/.test(out)) throw new Error(`${url} has refused some: ${out}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1])
}

/** The 99th percentile of answers while deliveries come at an even rate, however slow the answers. */
async function latencyRow(folder: string, webhooks: Webhooks): Promise<Row> {
  const found = await inTurns(folder, webhooks, slowest)
  return {
    what: `99th percentile at ${perSecond}/s, SQLite`,
    wizard: `${Math.round(median(found.map(([mine]) => mine)))} ms`,
    peer: `${Math.round(median(found.map(([, theirs]) => theirs)))} ms webhook`,
    ratio: median(found.map(([mine, theirs]) => mine / theirs)),
    most: 3,
  }
}

async function slowest({ url }: Receiver): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const times: number[] = []
  const begun = performance.now()
  const pending: Promise<void>[] = []
  for (let count = 0; count < perSecond * seconds; count++) {
    const due = begun + (count * 1000) / perSecond
    const early = due - performance.now()
    if (early > 0) await setTimeout(early)
    // Counted from when it was due: a slow answer does not make the next one late.
    pending.push(post(url, agent).then(() => void times.push(performance.now() - due)))
  }
  await Promise.all(pending)
  agent.destroy()
  times.sort((one, other) => one - other)
  return times[Math.floor(times.length * 0.99)] ?? Number.NaN
}

let sent = 0

async function post(url: string, agent: Agent): Promise<void> {
  const body = bodyOf(++sent)
  const headers = {
    'Content-Type': 'application/json',
    'X-GitHub-Event': event,
    'X-GitHub-Delivery': `bench-${sent}`,
    'X-Hub-Signature-256': signatureOf(body),
  }
  const asked = request(url, { method: 'POST', agent, headers })
  asked.end(body)
  const [answer] = await once(asked, 'response')
  answer.resume()
  await once(answer, 'end')
  if (answer.statusCode > 299) throw new Error(`${url} has answered ${answer.statusCode}`)
}

/** Megabytes that SERVE grows by from 20,000 to 100,000 deliveries. */
async function memoryRow(folder: string): Promise<Row> {
  const own = await startWizard(folder, {
    store: { engine: 'sqlite' },
    handlers: {},
  })
  try {
    const until = async (total: number) => {
      while (own.count() < total) own.add(Math.round((await rateOf(own, folder)) * seconds))
      return own.memory()
    }
    const first = await until(20_000)
    return {
      what: 'memory from 20,000 to 100,000 deliveries',
      wizard: `+${Math.round((await until(100_000)) - first)} MB`,
      most: '64 MB',
    }
  } finally {
    await own.stop()
  }
}

interface OwnReceiver extends Receiver {
  count(): number
  add(deliveries: number): void
  memory(): Promise<number>
}

let root = 0

async function startWizard(folder: string, { store, ...webhooks }: Webhooks): Promise<OwnReceiver> {
  const dir = join(folder, `root-${++root}`)
  await mkdir(join(dir, 'config'), { recursive: true })
  const port = 18_787 + root
  const all = {
    enabled: true,
    secret,
    repositories: ['uDOS/*'],
    drain: 0,
    port,
    path: '/hooks/webhook',
    // An empty one each time: known bytes would be held as repeats.
    store: 'url' in store ? { ...store, schema: `root_${root}` } : store,
  }
  await writeFile(
    join(dir, 'config/webhooks.yaml'),
    stringify({ webhooks: { ...all, ...webhooks } }),
  )
  const argv = [resolve('bin/wizard.js'), 'WEBHOOK', 'SERVE', '--quiet']
  const env = { PATH: process.env.PATH ?? '', HOME: dir }
  const child = spawn(process.execPath, argv, { cwd: dir, env, stdio: 'ignore' })
  let deliveries = 0
  const url = `http://127.0.0.1:${port}/hooks/webhook`
  await untilListening(`http://127.0.0.1:${port}/healthz`)
  return {
    url,
    stop: () => stop(child),
    count: () => deliveries,
    add: (more) => {
      deliveries += more
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024
    },
  }
}

async function startPeer(folder: string): Promise<Receiver> {
  const header = { source: 'header', name: 'X-Hub-Signature-256' }
  const match = { type: 'payload-hmac-sha256', secret, parameter: header }
  const hooks = [{ id: 'webhook', 'execute-command': '/bin/true', 'trigger-rule': { match } }]
  await writeFile(join(folder, 'hooks.json'), JSON.stringify(hooks))
  const port = 19_787 + ++root
  const argv = ['-hooks', join(folder, 'hooks.json'), '-ip', '127.0.0.1', '-port', String(port)]
  const child = spawn('webhook', argv, { stdio: 'ignore' })
  await untilListening(`http://127.0.0.1:${port}/`)
  return {
    url: `http://127.0.0.1:${port}/hooks/webhook`,
    async stop() {
      while ((await programsOf(child)) > 0) await setTimeout(100)
      await stop(child)
    },
  }
}

const programsOf = async ({ pid }: ChildProcess): Promise<number> =>
  (
    await run({ argv: ['sh', '-c', 'ps --no-headers --ppid "$1" | wc -l', 'sh', String(pid)] })
  ).trim() === '0'
    ? 0
    : 1

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

async function untilListening(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await setTimeout(100)
  }
  throw new Error(`nobody listens at ${url}`)
}

/** Deliveries of one measurement at most. */
const mostSent = 30_000

/** The bytes of a delivery: no two are alike, as no two of GitHub's are. */
const bodyOf = (number: number) => `${head}${String(number).padStart(9, '0')}${tail}`
const head = '{"action":"bench","repository":{"id":1,"full_name":"uDOS/core"},"number":"'
const tail = `","pad":"${randomBytes(((size - 100) * 3) / 4).toString('base64')}"}`

/** The signatures, and a script that gives each request a body and an id of its own. */
async function writeLoad(folder: string): Promise<void> {
  const signatures = Array.from({ length: 2 * mostSent }, (_, number) =>
    signatureOf(bodyOf(number)),
  )
  await writeFile(join(folder, 'signatures'), `${signatures.join('\n')}\n`)
  await writeFile(join(folder, 'head'), head)
  await writeFile(join(folder, 'tail'), tail)
  const script = `
local read = function(name) local f = io.open('${folder}/' .. name, 'rb') local t = f:read('*a') f:close() return t end
local head, tail, signatures = read('head'), read('tail'), {}
for line in io.lines('${folder}/signatures') do signatures[#signatures + 1] = line end
local count = 0
local started = tostring(os.time())
init = function(args) count = tonumber(args[1]) end
request = function()
  local number = count
  count = count + 1
  return wrk.format('POST', nil, {
    ['Content-Type'] = 'application/json',
    ['X-GitHub-Event'] = '${event}',
    ['X-GitHub-Delivery'] = started .. '-' .. number,
    ['X-Hub-Signature-256'] = signatures[number % ${2 * mostSent} + 1],
  }, head .. string.format('%09d', number % ${2 * mostSent}) .. tail)
end
`
  await writeFile(join(folder, 'load.lua'), script)
}

const signatureOf = (body: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
