import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { openReleases, releasesOn } from '../support/releases.js'
import { ended } from '../support/wizard.js'
import type { Workspace } from '../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const publish = ['RELEASE', 'PUBLISH', 'core']

it('where its terminal is closed the build ends with it', async () => {
  const build = 'trap "touch ../told; exit 1" TERM; echo begun; sleep 60 & wait'
  space = await openReleases({ release: { build: [build] } })
  const child = space.start(publish)
  const gone = once(child, 'close')
  const shown: string[] = []
  for await (const chunk of child.stderr!) {
    shown.push(String(chunk))
    if (/^begun$/m.test(shown.join(''))) break
  }
  child.kill('SIGHUP')
  expect(await gone).toEqual([129, null])
  expect(await space.read('engine/told')).toBe('')
  expect(releasesOn(space)).toEqual([])
})

it('goes on where nobody reads its progress any more', async () => {
  space = await openReleases()
  const child = space.start(publish)
  child.stderr?.destroy()
  const [status] = await once(child, 'close')
  expect([status, releasesOn(space).map(({ draft }) => draft)]).toEqual([0, [false]])
})

it('hides a credential that a build prints', async () => {
  const build = 'mkdir -p dist && echo "with $SECRET." && echo iso > dist/core.iso'
  space = await openReleases({ release: { build: [build], env: ['SECRET'] } })
  const { token } = space.github
  const { status, err } = await ended(space.start(publish, { env: { SECRET: token } }))
  expect([status, err]).toEqual([0, expect.stringContaining('with ***.')])
  expect(err).not.toContain(token)
})
