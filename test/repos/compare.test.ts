import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readLocal } from '../../src/git/repository/open.js'
import { compare } from '../../src/repos/status.js'
import { git, temporaryFolder } from '../git/support/real-git.js'

let upstream: string
let dir: string
const commit = (where: string, name: string) => {
  writeFileSync(join(where, name), name)
  git(where, ['add', '.'])
  git(where, ['commit', '--quiet', '-m', name])
  return git(where, ['rev-parse', 'HEAD'])
}
let first: string

beforeEach(() => {
  upstream = temporaryFolder()
  dir = join(temporaryFolder(), 'clone')
  git(upstream, ['init', '--quiet', '--initial-branch=main'])
  first = commit(upstream, 'first')
  git(upstream, ['clone', '--quiet', upstream, dir])
})

async function against(remote: string | null) {
  const local = await readLocal(dir)
  if (local.kind !== 'repository') throw new Error(local.kind)
  return compare(dir, local, remote)
}

describe('HEAD against the commit of the remote', () => {
  it('that is the same is up to date, whatever the work tree holds', async () => {
    const same = { state: 'up-to-date', remote_commit: first, ahead_by: 0, behind_by: 0 }
    expect(await against(first)).toEqual(same)
    writeFileSync(join(dir, 'new.txt'), '')
    expect(await against(first)).toEqual(same)
  })

  it('that was fetched counts both sides', { tags: ['deep'] }, async () => {
    const second = commit(upstream, 'second')
    const third = commit(upstream, 'third')
    git(dir, ['fetch', '--quiet'])
    expect(await against(third)).toMatchObject({ state: 'behind', ahead_by: 0, behind_by: 2 })
    commit(dir, 'mine')
    expect(await against(third)).toMatchObject({ state: 'diverged', ahead_by: 1, behind_by: 2 })
    expect(await against(second)).toMatchObject({ state: 'diverged', ahead_by: 1, behind_by: 1 })
    expect(await against(first)).toMatchObject({ state: 'ahead', ahead_by: 1, behind_by: 0 })
  })

  it('that was moved back is diverged: what is here was upstream once', {
    tags: ['deep'],
  }, async () => {
    commit(upstream, 'second')
    git(dir, ['pull', '--quiet'])
    expect(await against(first)).toMatchObject({ state: 'diverged', ahead_by: 1, behind_by: 0 })
  })

  it('that was not fetched leaves the counts behind unknown', { tags: ['deep'] }, async () => {
    const second = commit(upstream, 'second')
    const unknown = { remote_commit: second, behind_by: null }
    expect(await against(second)).toMatchObject({ ...unknown, state: 'behind', ahead_by: 0 })
    commit(dir, 'mine')
    expect(await against(second)).toMatchObject({ ...unknown, state: 'diverged', ahead_by: 1 })
    git(dir, ['update-ref', '-d', 'refs/remotes/origin/main'])
    expect(await against(second)).toMatchObject({ ...unknown, state: 'behind', ahead_by: null })
  })

  it('that is not there counts nothing', async () => {
    const nothing = { ahead_by: null, behind_by: null }
    expect(await against(null)).toMatchObject({ ...nothing, state: 'ahead', remote_commit: null })
  })

  it('where nothing is here yet is behind', async () => {
    dir = temporaryFolder()
    git(dir, ['init', '--quiet', '--initial-branch=main'])
    const nothing = { ahead_by: null, behind_by: null }
    expect(await against(first)).toMatchObject({ ...nothing, state: 'behind' })
    expect(await against(null)).toMatchObject({ state: 'up-to-date', ahead_by: 0, behind_by: 0 })
  })
})
