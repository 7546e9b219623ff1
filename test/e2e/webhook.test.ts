import { afterEach, beforeEach, expect, it } from 'vitest'
import { configure, push } from '../commands/webhook/hook.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

it('RECEIVE --run ends, also where there is nothing to run', { tags: ['deep'] }, async () => {
  const step = { action: 'exec', name: 'echo', payload: { cmd: ['/bin/echo', '{branch}'] } }
  await configure(space, { 'push:main': [step] })
  await space.write('push.json', JSON.stringify(push()))
  const flags = ['--event', 'push', '--sign', '--delivery', 'aaaaaaaa-1', '--run', '--json']
  for (const times of [1, 2]) {
    const { status, json } = await space.spawn(['WEBHOOK', 'RECEIVE', 'push.json', ...flags])
    expect([status, json]).toMatchObject([
      0,
      { status: 'done', times_received: times, runs: [{ attempts: 1 }] },
    ])
  }
})
