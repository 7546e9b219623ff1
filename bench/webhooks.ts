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
const rounds = 4
const seconds = 3
const connections = 32
/** Bytes of a delivery; GitHub's own examples have 10 KB on average. */
const size = 8192
/** The peer runs a command for each request; wizard queues one, or has none for the event. */
const event = 'repository_dispatch'

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
        { ...sqlite, handlers: { push: exec } },
        0.77,
      ),
      await rateRow('accepted, with a program for each, SQLite', folder, {
        ...sqlite,
        handlers: { [event]: exec },
      }),
    ]
    if (cluster !== null) {
      const store = { engine: 'postgres', url: cluster.url }
      rows.push(
        await rateRow(
          'accepted and routed, PostgreSQL',
          folder,
          { store, handlers: { push: exec } },
          1.67,
        ),
      )
    }
    return [
      ...rows,
      await latencyRow(folder, { ...sqlite, handlers: { push: exec } }),
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
  webhooks: object,
  most?: number,
): Promise<Row> {
  const [own, peer] = [await startWizard(folder, webhooks), await startPeer(folder)]
  try {
    const rates: [number, number][] = []
    for (let round = 0; round <= rounds; round++) {
      const found: [number, number] = [await rateOf(own, folder), await rateOf(peer, folder)]
      if (round > 0) rates.push(found)
    }
    return {
      what,
      wizard: `${Math.round(median(rates.map(([mine]) => mine)))}/s`,
      peer: `${Math.round(median(rates.map(([, theirs]) => theirs)))}/s webhook`,
      ratio: median(rates.map(([mine, theirs]) => theirs / mine)),
      most,
    }
  } finally {
    await Promise.all([own.stop(), peer.stop()])
  }
}

/** Requests a second, all of them answered with 2xx. */
async function rateOf({ url }: Receiver, folder: string): Promise<number> {
  const script = join(folder, 'load.lua')
  const flags = ['-t1', `-c${connections}`, `-d${seconds}`, '-s', script]
  const out = await run({ argv: ['wrk', ...flags, url] })
  if (/Non-2xx/.test(out)) throw new Error(`${url} has refused some: ${out}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1])
}

/** The 99th percentile of answers while deliveries come at an even rate, however slow the answers. */
async function latencyRow(folder: string, webhooks: object): Promise<Row> {
  const perSecond = 1000
  const [own, peer] = [await startWizard(folder, webhooks), await startPeer(folder)]
  try {
    const found: [number, number][] = []
    for (let round = 0; round <= rounds; round++) {
      const both: [number, number] = [
        await slowest(own, folder, perSecond),
        await slowest(peer, folder, perSecond),
      ]
      if (round > 0) found.push(both)
    }
    return {
      what: `99th percentile at ${perSecond}/s, SQLite`,
      wizard: `${Math.round(median(found.map(([mine]) => mine)))} ms`,
      peer: `${Math.round(median(found.map(([, theirs]) => theirs)))} ms webhook`,
      ratio: median(found.map(([mine, theirs]) => mine / theirs)),
      most: 3,
    }
  } finally {
    await Promise.all([own.stop(), peer.stop()])
  }
}

async function slowest({ url }: Receiver, folder: string, perSecond: number): Promise<number> {
  const body = await readFile(join(folder, 'body.json'))
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const times: number[] = []
  const begun = performance.now()
  const pending: Promise<void>[] = []
  for (let count = 0; count < perSecond * seconds; count++) {
    const due = begun + (count * 1000) / perSecond
    if (performance.now() < due) await setTimeout(due - performance.now())
    // Counted from when it was due: a slow answer does not make the next one late.
    pending.push(post(url, body, agent).then(() => void times.push(performance.now() - due)))
  }
  await Promise.all(pending)
  agent.destroy()
  times.sort((one, other) => one - other)
  return times[Math.floor(times.length * 0.99)] ?? Number.NaN
}

let sent = 0

async function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  const asked = request(url, {
    method: 'POST',
    agent,
    headers: headersOf(`${process.pid}-${++sent}`, body),
  })
  asked.end(body)
  const [answer] = await once(asked, 'response')
  answer.resume()
  await once(answer, 'end')
  if (answer.statusCode > 299) throw new Error(`${url} has answered ${answer.statusCode}`)
}

/** Megabytes that SERVE grows by from 20,000 to 100,000 deliveries. */
async function memoryRow(folder: string): Promise<Row> {
  const own = await startWizard(folder, { store: { engine: 'sqlite' }, handlers: { push: [] } })
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

async function startWizard(folder: string, webhooks: object): Promise<OwnReceiver> {
  const dir = join(folder, `root-${++root}`)
  await mkdir(join(dir, 'config'), { recursive: true })
  const port = 18_787 + root
  const all = { enabled: true, secret, repositories: ['uDOS/*'], port, path: '/hooks/webhook' }
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
  const port = 19_787 + root
  const argv = ['-hooks', join(folder, 'hooks.json'), '-ip', '127.0.0.1', '-port', String(port)]
  const child = spawn('webhook', argv, { stdio: 'ignore' })
  await untilListening(`http://127.0.0.1:${port}/`)
  return { url: `http://127.0.0.1:${port}/hooks/webhook`, stop: () => stop(child) }
}

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

const headersOf = (delivery: string, body: Buffer): Record<string, string> => ({
  'Content-Type': 'application/json',
  'X-GitHub-Event': event,
  'X-GitHub-Delivery': delivery,
  'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
})

/** One body, and a script that gives each request an id of its own. */
async function writeLoad(folder: string): Promise<void> {
  const repository = { id: 1, full_name: 'uDOS/core' }
  const pad = randomBytes((size - 200) * 0.75).toString('base64')
  const body = Buffer.from(JSON.stringify({ action: 'bench', repository, pad }).padEnd(size, ' '))
  await writeFile(join(folder, 'body.json'), body)
  const headers = Object.entries(headersOf('', body))
    .filter(([name]) => name !== 'X-GitHub-Delivery')
    .map(([name, value]) => `['${name}'] = '${value}'`)
  const script = `
local file = io.open('${join(folder, 'body.json')}', 'rb')
local body = file:read('*a')
local started = tostring(os.time()) .. tostring(os.clock()):gsub('%.', '')
local count = 0
request = function()
  count = count + 1
  local headers = { ${headers.join(', ')}, ['X-GitHub-Delivery'] = started .. '-' .. count }
  return wrk.format('POST', nil, headers, body)
end
`
  await writeFile(join(folder, 'load.lua'), script)
}
