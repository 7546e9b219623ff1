import { expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { openWorkspace } from '../../support/workspace.js'
import { postgresFolder, startCluster } from '../../webhooks/support/postgres.js'
import { configure, deliver, serveArgs } from './hook.js'

const isMissing = postgresFolder() === null
if (isMissing) console.log('skipped: PostgreSQL is not installed')

it.skipIf(isMissing)('one SERVE accepts what another runs', { tags: ['deep'] }, async () => {
  const space = await openWorkspace()
  const cluster = startCluster()
  onTestFinished(async () => {
    cluster.remove()
    await space.close()
  })
  const step = { action: 'exec', name: 'note', payload: { cmd: ['/bin/sh', '-c', 'touch ran'] } }
  const store = { engine: 'postgres', url: cluster.url }
  await configure(space, { push: [step] }, { store })
  const list = async () => (await space.wizard('WEBHOOK', 'LIST', '--json')).json
  const accepting = space.begin([...serveArgs, '--accept-only'], { clock: systemClock })
  await accepting.wrote(/listening on unix:/)
  expect((await deliver(space)).status).toBe(202)
  expect(await list()).toMatchObject([{ status: 'accepted' }])
  const running = space.begin(['WEBHOOK', 'SERVE', '--run-only'], { clock: systemClock })
  await running.wrote(/running handlers/)
  await vi.waitFor(async () => expect(await list()).toMatchObject([{ status: 'done' }]), 20_000)
  const { json } = await space.wizard('WEBHOOK', 'STATUS', '--json')
  const addresses = json.serving.map(({ address }: { address: string }) => address)
  expect(addresses).toContain('none')
  for (const one of [accepting, running]) {
    one.interrupt('SIGTERM')
    expect((await one.ended).status).toBe(0)
  }
  expect(await space.read('ran')).toBe('')
})
