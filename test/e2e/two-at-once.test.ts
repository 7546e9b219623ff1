import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { expectPublished, openReleases } from '../support/releases.js'
import { ended } from '../support/wizard.js'
import { openWorkspace, reached, type Workspace } from '../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

it('REPO SYNC waits for another, and gives up with exit 75', { tags: ['deep'] }, async () => {
  space = await openWorkspace()
  await space.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  await space.repos({ tools: [{ repo: 'typo' }] })
  const silence = space.github.fail({ origin: 'git', delay: 'forever', path: /typo/ })
  const first = space.start(['REPO', 'SYNC', '--json'])
  const firstEnd = ended(first)
  await reached(silence)
  const second = await space.spawn(['REPO', 'SYNC', '--lock-wait', '0'])
  expect(second.status).toBe(75)
  expect(second.err).toContain(`process ${first.pid}`)
  silence.remove()
  expect((await firstEnd).status).toBe(0)
  expect((await space.spawn(['REPO', 'SYNC', '--lock-wait', '0'])).status).toBe(0)
})

it('of two RELEASE PUBLISH one publishes, and the other finds it done', {
  tags: ['deep'],
}, async () => {
  space = await openReleases()
  const runs = [1, 2].map(() => space.spawn(['RELEASE', 'PUBLISH', 'core']))
  const results = await Promise.all(runs)
  expect(results.map(({ status }) => status)).toEqual([0, 0])
  await expectPublished(space)
})

it('of two RELEASE PUBLISH without a common lock one publishes, and no draft stays', {
  tags: ['deep'],
}, async () => {
  space = await openReleases()
  for (const part of ['config', 'engine']) {
    await cp(space.path(part), space.path('other', part), { recursive: true })
  }
  const publish = (cwd: string) => space.spawn(['RELEASE', 'PUBLISH', 'core'], { cwd })
  const roots = [space.root, space.path('other')]
  const results = await Promise.all(roots.map(publish))
  for (const { status, err } of results) {
    if (status !== 0) expect([status, err]).toEqual([75, expect.stringMatching(/process \d+ on /)])
  }
  expect((await publish(space.path('other'))).status).toBe(0)
  // Who comes late may have built nothing.
  const built = roots.filter((root) => existsSync(join(root, 'engine/core/dist/core.iso')))
  expect(built).not.toEqual([])
  for (const root of built) await expectPublished(space, root)
})
