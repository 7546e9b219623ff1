import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Act, type Fact, is } from './facts.js'
import { exists, type Stage } from './stage.js'

const name = 'uDOS/library'

/** Notes that it begins, waits until it may go on, and notes that it ends. */
const deploy = [
  'echo "begins $1 $WIZARD_ATTEMPT" >> log',
  'until [ -e may-go-on ]; do sleep 0.05; done',
  'echo "ends $1" >> log',
].join('; ')

const webhooks = (port: number) => `webhooks:
  enabled: true
  secret: 0123456789abcdef-of-the-demo
  repositories: ["uDOS/*"]
  port: ${port}
  handlers:
    push:main:
      - action: sync_repo
      - action: exec
        name: deploy
        payload: { cmd: [/bin/sh, -c, '${deploy}', sh, "{sha}"] }
`

export const webhookActs: Act[] = [
  { title: 'Pushes reach SERVE, which syncs and runs a command; it is killed in between', play },
]

async function play(stage: Stage): Promise<Fact[]> {
  const port = await freePort()
  await writeFile(stage.path('config/webhooks.yaml'), webhooks(port), { mode: 0o600 })
  await stage.start(/listening on/, 'WEBHOOK', 'SERVE')
  const url = `http://127.0.0.1:${port}/webhook`
  const setup = await stage.wizard('WEBHOOK', 'SETUP', name, '--url', url)
  const first = await push(stage, 'one')
  const second = await push(stage, 'two')
  const third = await push(stage, 'three')
  const oids = [first, second, third]
  await untilLogged(stage, `begins ${first}`)
  await stage.stop('SIGKILL')
  await writeFile(stage.path('may-go-on'), '')
  await stage.start(/listening on/, 'WEBHOOK', 'SERVE')
  await untilDone(port, oids.length)
  const status = await stage.wizard('WEBHOOK', 'STATUS')
  await stage.stop('SIGTERM')
  const log = await logged(stage)
  const linesOf = (kind: string) => log.filter((line) => line.startsWith(kind)).join(', ')
  return [
    { what: 'exit status of SETUP, whose ping was answered', ...is(setup, 0) },
    { what: 'head of the clone', ...is(await stage.git(name, 'rev-parse', 'HEAD'), third) },
    {
      what: 'pushes for which the command began, with the attempt',
      ...is(numbered(linesOf('begins'), oids), 'begins 1 1, begins 1 2, begins 2 1, begins 3 1'),
    },
    {
      what: 'pushes for which it ended, in their order',
      ...is(numbered(linesOf('ends'), oids), 'ends 1, ends 2, ends 3'),
    },
    { what: 'exit status of STATUS, as nothing is dead', ...is(status, 0) },
  ]
}

/** The next push comes when this one was answered, so that they have an order. */
async function push(stage: Stage, content: string): Promise<string> {
  const oid = await stage.github.commit(name, { files: { 'data/pushed.txt': content } })
  await stage.github.delivered()
  return oid
}

async function logged(stage: Stage): Promise<string[]> {
  const file = stage.path('log')
  return (await exists(file)) ? (await readFile(file, 'utf8')).trimEnd().split('\n') : []
}

async function untilLogged(stage: Stage, start: string): Promise<void> {
  while (!(await logged(stage)).some((line) => line.startsWith(start))) await setTimeout(20)
}

async function untilDone(port: number, count: number): Promise<void> {
  const isDone = new RegExp(`^wizard_webhook_deliveries{status="done"} ${count}$`, 'm')
  const metrics = `http://127.0.0.1:${port}/metrics`
  while (!isDone.test(await (await fetch(metrics)).text())) await setTimeout(50)
}

/** Object ids as numbers, from 1. */
const numbered = (text: string, oids: string[]) =>
  oids.reduce((shown, oid, index) => shown.replaceAll(oid, `${index + 1}`), text)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
