import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyEntry } from '../../../src/repos/report.js'
import { statusOfFailure } from '../../../src/repos/status.js'
import { listLocal, unlisted } from '../../../src/repos/targets/listing.js'
import type { SyncTarget } from '../../../src/repos/targets/sync-target.js'
import { git, temporaryFolder } from '../../git/support/real-git.js'
import { wantedOf } from '../support.js'

const list = async (wanted: Partial<SyncTarget>) =>
  (await listLocal([wantedOf('uDOS/typo', wanted)]))[0]

describe('listLocal', () => {
  it('gives what repos.yaml says, with its defaults as null', async () => {
    const path = join(temporaryFolder(), 'none')
    const known = { repo: 'uDOS/typo', path, present: false, error: null }
    expect(await list({ path })).toEqual({
      ...known,
      ...{ group: 'tools', branch: null, auto_pull: true, pull_schedule: null },
    })
    const own = { branch: 'v1', autoPull: false, pullSchedule: '@daily', group: null }
    expect(await list({ path, ...own })).toEqual({
      ...known,
      ...{ group: null, branch: 'v1', auto_pull: false, pull_schedule: '@daily' },
    })
  })

  it.each<[string, (path: string) => unknown, boolean]>([
    ['an empty folder is no clone', () => {}, false],
    ['a folder of files is no clone', (path) => writeFileSync(join(path, 'a'), ''), false],
    ['a repository is one, even without a commit', (path) => git(path, ['init', '-q']), true],
  ])('%s', async (_name, prepare, present) => {
    const path = temporaryFolder()
    prepare(path)
    expect(await list({ path })).toMatchObject({ present, error: null })
  })

  it('says why a clone cannot be read, and lists the others in their order', async () => {
    const [damaged, good] = [temporaryFolder(), temporaryFolder()]
    mkdirSync(join(damaged, '.git', 'HEAD'), { recursive: true })
    git(good, ['init', '-q'])
    const listed = await listLocal([damaged, good].map((path) => wantedOf('uDOS/typo', { path })))
    expect(listed).toMatchObject([
      { path: damaged, present: false, error: { hint: expect.stringContaining('git status') } },
      { path: good, present: true, error: null },
    ])
  })
})

describe('a from: entry whose listing failed', () => {
  const error = { code: 'GITHUB_NETWORK', message: 'no answer', hint: null } as const
  const place = { owner: 'ollama', repo: '*', group: 'models', path: '/srv', branch: 'v1' }
  const failure = { ...emptyEntry(place), status: 'failed' as const, error }

  it('is a row of a listing', () => {
    expect(unlisted(failure)).toEqual({
      ...{ repo: 'ollama/*', group: 'models', path: '/srv', branch: 'v1', error },
      ...{ auto_pull: true, pull_schedule: null, present: false },
    })
  })

  it('is a row of a status, of which nothing is known', () => {
    const { repo, path, branch, error: why, ...rest } = statusOfFailure(failure)
    expect([repo, path, branch, why]).toEqual(['ollama/*', '/srv', 'v1', error])
    expect(Object.keys(rest)).toHaveLength(12)
    expect(Object.values(rest).every((value) => value === null)).toBe(true)
  })
})
