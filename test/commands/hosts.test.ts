import { afterEach, expect, it } from 'vitest'
import { proxy } from '../http/servers.js'
import { onDispatch, openActions } from '../support/actions.js'
import type { Workspace } from '../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const commands = [
  ['REPO', 'SYNC'],
  ['REPO', 'STATUS'],
  ['REPO', 'LIST', 'uDOS'],
  ['REPO', 'SEARCH', 'engine'],
  ['WORKFLOW', 'RUN', 'core/tests', '--wait', '--download', 'out'],
  ['WORKFLOW', 'LOGS', 'core/tests'],
  ['RELEASE', 'STATUS'],
  ['RELEASE', 'LIST', 'core'],
  ['PLUGIN', 'SEARCH'],
  ['AUTH', 'STATUS'],
  ['DOCTOR'],
]

it('no request leaves for a host that is not configured', { tags: ['deep'] }, async () => {
  const all = await proxy()
  space = await openActions({ settings: { proxy: all.address } })
  await space.repos({ tools: [{ repo: 'engine' }] })
  onDispatch(space, (run) => {
    space.github.actions.addArtifact(run, 'dist', [{ name: 'a.txt', content: 'x' }])
    space.github.actions.finish(run)
  })
  for (const command of commands) {
    const { status, err } = await space.wizard(...command)
    expect([command, status, err]).toEqual([command, 0, expect.anything()])
  }
  const { apiUrl, gitUrl, storageUrl } = space.github
  const hosts = new Set(all.asked.map((request) => new URL(request.split(' ')[1] ?? '').origin))
  expect([...hosts].toSorted()).toEqual([apiUrl, gitUrl, storageUrl].toSorted())
})
