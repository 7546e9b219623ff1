import { afterAll, beforeAll, expect, it } from 'vitest'
import { openReleases, releasesOn } from '../../support/releases.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
const release = (...args: string[]) => space.wizard('RELEASE', ...args)

beforeAll(async () => {
  space = await openReleases()
  await space.write('one.tcz', 'one')
  await space.write('long.md', 'x'.repeat(125_001))
  await release('CREATE', 'engine@v1.0.0', 'one.tcz')
})
afterAll(() => space.close())

it.each([
  ['a tag that has a release', ['CREATE', 'engine@v1.0.0'], 8, /already has a release/],
  ['no tag', ['CREATE', 'engine'], 2, /no tag in engine/],
  ['a tag alone, as gh takes it', ['CREATE', 'v2.0.0'], 2, /OWNER\/REPO@v2\.0\.0, or @v2\.0\.0/],
  ['an empty tag', ['CREATE', 'engine@'], 2, /engine@ has no tag after the @/],
  [
    'notes in two ways',
    ['CREATE', 'engine@v2', '--notes', 'a', '--generate-notes'],
    2,
    /exclude each other/,
  ],
  ['notes that are too long', ['CREATE', 'engine@v2', '--notes-file', 'long.md'], 2, /characters/],
  ['a notes file that is not there', ['CREATE', 'engine@v2', '--notes-file', 'no.md'], 2, /no\.md/],
  ['a file that is not there', ['CREATE', 'engine@v2', 'no.iso'], 2, /no\.iso does not exist/],
  ['a repository that is not there', ['CREATE', 'nowhere@v2'], 3, /nowhere/],
  ['--latest maybe', ['CREATE', 'engine@v2', '--latest', 'maybe'], 2, /true or false or auto/],
  ['no file to upload', ['UPLOAD', 'engine@v1.0.0'], 2, /FILE|file/],
  ['a release that is not there', ['UPLOAD', 'engine@v3', 'one.tcz'], 3, /has no release v3/],
  ['nothing to edit', ['EDIT', 'engine@v1.0.0'], 2, /nothing to change/],
  ['--draft without a value', ['EDIT', 'engine@v1.0.0', '--draft'], 2, /--draft/],
  ['a pattern that matches nothing', ['DOWNLOAD', 'engine@v1.0.0', '--pattern', '*.z'], 3, /\*\.z/],
  ['a list of one', ['LIST', 'engine@v1.0.0'], 2, /takes no tag, so not engine@v1\.0\.0/],
  ['deleting without a terminal', ['DELETE', 'engine@v1.0.0'], 2, /There is no terminal/],
  ['deleting what is not there', ['DELETE', 'engine@v3', '--yes'], 3, /has no release v3/],
  ['a component that is none', ['STATUS', 'kore'], 3, /known components: core/],
  ['a verb that is none', ['PUBLSH', 'core'], 2, /PUBLISH/],
])('%s: one line, the remedy, the exit status', async (_, args, exit, words) => {
  const { status, err } = await release(...args)
  expect([status, err]).toEqual([exit, expect.stringMatching(words)])
  expect(err.split('\n').filter((line) => line.startsWith('error: '))).toHaveLength(1)
  expect(err).not.toMatch(/^\s+at /m)
  expect(releasesOn(space)).toHaveLength(1)
})
