import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { configure, deliver, push } from '../../commands/webhook/hook.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { type Cluster, postgresFolder, startCluster } from '../../webhooks/support/postgres.js'

const isMissing = postgresFolder() === null
if (isMissing) console.log('skipped: PostgreSQL is not installed')

let space: Workspace
let cluster: Cluster
const running: ChildProcess[] = []
beforeEach(async () => {
  space = await openWorkspace()
  cluster = startCluster()
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  cluster.remove()
  await space.close()
})

const repositories = Array.from({ length: 6 }, (_, index) => `uDOS/r${index}`)
const machines = ['a', 'b', 'c']

async function serve(machine: string): Promise<ChildProcess> {
  const child = space.start(['WEBHOOK', 'SERVE', '--unix', `${machine}.sock`])
  running.push(child)
  child.stderr?.resume()
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      if (data.includes('listening')) resolve()
    })
    child.once('close', () => reject(new Error(`${machine} has ended`)))
  })
  return child
}

/** Sends a repository's deliveries one after another, each to any machine until one has taken it. */
async function lane(repo: string, count: number, onTaken: () => void): Promise<string[]> {
  const sent: string[] = []
  for (let index = 0; index < count; index++) {
    const delivery = `${repo.replace('/', '-')}-${index}`
    const payload = push({ repository: { id: 1, full_name: repo } })
    for (let tries = 0; ; tries++) {
      const socket = `${machines[(index + tries) % machines.length]}.sock`
      const answer = await deliver(space, { delivery, payload, socket }).catch(() => null)
      if (answer?.status === 202) break
      expect(answer?.status ?? 503).toBe(503)
      expect(tries).toBeLessThan(500)
      await setTimeout(100)
    }
    sent.push(delivery)
    onTaken()
  }
  return sent
}

const statuses = async (): Promise<string[]> => {
  const { json } = await space.wizard('WEBHOOK', 'LIST', '--limit', '100000', '--json')
  return json.map((one: { status: string }) => one.status)
}

describe.skipIf(isMissing)('three SERVE on one PostgreSQL', { tags: ['deep'] }, () => {
  it('lose nothing and keep the order, though one and PostgreSQL itself are killed', async () => {
    const note =
      'echo "start $WIZARD_REPO $WIZARD_DELIVERY $WIZARD_ATTEMPT" >> log; sleep 0.02; echo "end $WIZARD_REPO $WIZARD_DELIVERY $WIZARD_ATTEMPT" >> log'
    const step = {
      action: 'exec',
      name: 'note',
      concurrency: 8,
      payload: { cmd: ['/bin/sh', '-c', note] },
    }
    const store = { engine: 'postgres', url: cluster.url }
    await configure(space, { push: [step] }, { store })
    const [first] = await Promise.all(machines.map(serve))
    let taken = 0
    const onTaken = () => {
      taken++
      if (taken === 40) first?.kill('SIGKILL')
      if (taken !== 80) return
      cluster.crash()
      cluster.start()
    }
    const lanes = await Promise.all(repositories.map((repo) => lane(repo, 20, onTaken)))
    await vi.waitFor(async () => expect(new Set(await statuses())).toEqual(new Set(['done'])), {
      timeout: 120_000,
      interval: 500,
    })
    for (const child of running.slice(1)) {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
    const log = (await space.read('log')).trim().split('\n')
    for (const [index, repo] of repositories.entries()) {
      const own = log.map((line) => line.split(' ')).filter(([, name]) => name === repo)
      const ends = own.filter(([word]) => word === 'end').map(([, , delivery]) => delivery)
      // In order of arrival, each one once; what a dead machine had in hand may have ended twice.
      expect([...new Set(ends)]).toEqual(lanes[index])
      const again = own.filter(([word, , , attempt]) => word === 'start' && attempt !== '1')
      expect(again.length).toBeLessThanOrEqual(4)
    }
  })
})
