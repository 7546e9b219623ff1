import { existsSync, lstatSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConflictError } from '../../../../src/base/errors.js'
import { BlockedError } from '../../../../src/git/errors.js'
import { listLocalRefs, readHead, resolveRef } from '../../../../src/git/plumbing/refs/read.js'
import {
  deleteRef,
  updateRef,
  writeHead,
  writeSymbolicRef,
} from '../../../../src/git/plumbing/refs/update.js'
import type { Liveness } from '../../../../src/process/owner-mark.js'
import { noon, testClock } from '../../../support/clock.js'
import { addHistory } from '../../support/histories.js'
import { git, temporaryFolder } from '../../support/real-git.js'

interface Repository {
  dir: string
  gitDir: string
  old: string
  tip: string
}

function repository(): Repository {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '-b', 'main'])
  addHistory(dir, { commits: 3, files: 2 })
  return {
    dir,
    gitDir: join(dir, '.git'),
    old: git(dir, ['rev-parse', 'main~1']),
    tip: git(dir, ['rev-parse', 'main']),
  }
}

const message = 'pull: Fast-forward'

describe('reading refs', () => {
  test('HEAD on a branch, on one not born, detached, elsewhere', async () => {
    const { dir, gitDir, tip } = repository()
    expect(await readHead(gitDir)).toEqual({ branch: 'main' })
    git(dir, ['symbolic-ref', 'HEAD', 'refs/heads/feature/new'])
    expect(await readHead(gitDir)).toEqual({ branch: 'feature/new' })
    expect(await resolveRef(gitDir, 'HEAD')).toBeNull()
    git(dir, ['update-ref', '--no-deref', 'HEAD', tip])
    expect(await readHead(gitDir)).toEqual({ oid: tip })
    git(dir, ['symbolic-ref', 'HEAD', 'refs/wip/x'])
    await expect(readHead(gitDir)).rejects.toThrow(BlockedError)
  })

  test.each(['refs/heads/main', 'refs/heads/not/born'])('HEAD as a symlink to %s', async (ref) => {
    const { dir, gitDir, tip } = repository()
    rmSync(join(gitDir, 'HEAD'))
    symlinkSync(ref, join(gitDir, 'HEAD'))
    expect(git(dir, ['symbolic-ref', 'HEAD'])).toBe(ref)
    expect(await readHead(gitDir)).toEqual({ branch: ref.slice('refs/heads/'.length) })
    expect(await resolveRef(gitDir, 'HEAD')).toBe(ref === 'refs/heads/main' ? tip : null)
  })

  test.each(['loose', 'packed', 'both'])(
    'the same as git for-each-ref (%s)',
    { tags: ['deep'] },
    async (kind) => {
      const { dir, gitDir, old, tip } = repository()
      for (const name of ['heads/a/b', 'heads/z', 'remotes/origin/main', 'wizard/backup/1']) {
        git(dir, ['update-ref', `refs/${name}`, old])
      }
      git(dir, ['tag', 'light', old])
      git(dir, ['tag', '-a', '-m', 'x', 'annotated', old])
      git(dir, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main'])
      if (kind !== 'loose') git(dir, ['pack-refs', '--all'])
      if (kind === 'both') git(dir, ['update-ref', 'refs/heads/z', tip])
      const expected = git(dir, ['for-each-ref', '--format=%(refname) %(objectname)'])
      const refs = await listLocalRefs(gitDir, 'refs/')
      expect([...refs].map((pair) => pair.join(' ')).join('\n')).toBe(expected)
      for (const [name, oid] of refs) expect(await resolveRef(gitDir, name)).toBe(oid)
      expect([...(await listLocalRefs(gitDir, 'refs/heads/a/')).keys()]).toEqual(['refs/heads/a/b'])
      expect(await resolveRef(gitDir, 'refs/heads/a')).toBeNull()
      expect(await resolveRef(gitDir, 'refs/heads/none')).toBeNull()
    },
  )

  test('symbolic refs in a ring end', async () => {
    const { gitDir } = repository()
    await writeSymbolicRef(gitDir, 'refs/heads/one', 'refs/heads/two')
    await writeSymbolicRef(gitDir, 'refs/heads/two', 'refs/heads/one')
    await expect(resolveRef(gitDir, 'refs/heads/one')).rejects.toThrow(/in a loop/)
  })
})

describe('moving refs', () => {
  test('forward, with reflog entries for the branch and HEAD that git reads', {
    tags: ['deep'],
  }, async () => {
    const { dir, gitDir, old, tip } = repository()
    git(dir, ['update-ref', 'refs/heads/main', old])
    await updateRef(gitDir, 'refs/heads/main', tip, { expected: old, message, clock: testClock() })
    expect(git(dir, ['rev-parse', 'main'])).toBe(tip)
    expect(git(dir, ['reflog', '-1', '--format=%H %gs', 'main'])).toBe(`${tip} ${message}`)
    expect(git(dir, ['reflog', '-1', '--format=%H %gs', 'HEAD'])).toBe(`${tip} ${message}`)
    expect(git(dir, ['rev-parse', 'main@{1}'])).toBe(old)
    for (const name of ['main', 'HEAD']) {
      const dated = git(dir, ['reflog', '-1', '--date=unix', '--format=%gd', name])
      expect(dated).toBe(`${name}@{${noon / 1000}}`)
    }
    git(dir, ['fsck', '--strict'])
  })

  test('one that is packed', async () => {
    const { dir, gitDir, old, tip } = repository()
    git(dir, ['pack-refs', '--all'])
    await updateRef(gitDir, 'refs/heads/main', old, { expected: tip, message })
    expect(git(dir, ['rev-parse', 'main'])).toBe(old)
  })

  test('a new one, a tag without a reflog, a remote one with', async () => {
    const { dir, gitDir, tip } = repository()
    for (const name of ['refs/tags/v1', 'refs/remotes/origin/a/b', 'refs/heads/a/b']) {
      await updateRef(gitDir, name, tip, { expected: null, message })
      expect(git(dir, ['rev-parse', name])).toBe(tip)
      expect(existsSync(join(gitDir, 'logs', name))).toBe(name !== 'refs/tags/v1')
    }
  })

  test('not when it was moved meanwhile, is there already, or is gone', async () => {
    const { dir, gitDir, old, tip } = repository()
    const move = (name: string, expected: string | null) =>
      updateRef(gitDir, name, old, { expected, message })
    await expect(move('refs/heads/main', old)).rejects.toThrow(ConflictError)
    await expect(move('refs/heads/main', null)).rejects.toThrow(/another process moved it/)
    await expect(move('refs/heads/gone', tip)).rejects.toThrow(ConflictError)
    expect(git(dir, ['rev-parse', 'main'])).toBe(tip)
    expect(readdirSync(join(gitDir, 'refs/heads'))).toEqual(['main'])
  })

  test.each(['loose', 'packed'])('not below or above another ref (%s)', async (kind) => {
    const { dir, gitDir, tip } = repository()
    git(dir, ['update-ref', 'refs/heads/a/b', tip])
    if (kind === 'packed') git(dir, ['pack-refs', '--all'])
    const make = (name: string) => updateRef(gitDir, name, tip, { message })
    await expect(make('refs/heads/a')).rejects.toThrow(/refs\/heads\/a\/b is in the way/)
    await expect(make('refs/heads/a/b/c')).rejects.toThrow(/refs\/heads\/a\/b is in the way/)
    await expect(make('refs/heads/a/b/c')).rejects.toMatchObject({
      hint: '`git branch -m a/b OTHER` renames it',
    })
  })

  test('where deleted refs left empty folders, in refs and in logs', async () => {
    const { dir, gitDir, tip } = repository()
    await updateRef(gitDir, 'refs/heads/a/b/c', tip, { message })
    await deleteRef(gitDir, 'refs/heads/a/b/c')
    await updateRef(gitDir, 'refs/heads/a', tip, { message })
    expect(git(dir, ['rev-parse', 'a'])).toBe(tip)
    expect(git(dir, ['reflog', '--format=%gs', 'a'])).toBe(message)
  })

  test('of no other name than git allows', async () => {
    const { gitDir, tip } = repository()
    await expect(updateRef(gitDir, 'refs/../config', tip, { message })).rejects.toThrow(
      /not a ref name/,
    )
  })

  test('through a symbolic ref to its end', async () => {
    const { dir, gitDir, old } = repository()
    await writeSymbolicRef(gitDir, 'refs/heads/alias', 'refs/heads/main')
    await updateRef(gitDir, 'refs/heads/alias', old, { message })
    expect(git(dir, ['rev-parse', 'main'])).toBe(old)
    expect(git(dir, ['symbolic-ref', 'refs/heads/alias'])).toBe('refs/heads/main')
  })

  test('HEAD, onto a commit and back onto a branch', async () => {
    const { dir, gitDir, old, tip } = repository()
    await writeHead(gitDir, { oid: old }, { message: 'checkout: moving to v1' })
    expect(await readHead(gitDir)).toEqual({ oid: old })
    await writeHead(gitDir, { branch: 'main' }, { message: 'checkout: moving to main' })
    expect(git(dir, ['symbolic-ref', 'HEAD'])).toBe('refs/heads/main')
    expect(git(dir, ['reflog', '-2', '--format=%H %gs', 'HEAD']).split('\n')).toEqual([
      `${tip} checkout: moving to main`,
      `${old} checkout: moving to v1`,
    ])
  })
})

describe('deleting refs', () => {
  test.each(['loose', 'packed', 'both'])('%s, with its peeled line and its log', async (kind) => {
    const { dir, gitDir, old, tip } = repository()
    git(dir, ['tag', '-a', '-m', 'x', 'v1', old])
    git(dir, ['update-ref', 'refs/heads/z', old])
    if (kind !== 'loose') git(dir, ['pack-refs', '--all'])
    if (kind === 'both') git(dir, ['update-ref', 'refs/tags/v1', tip])
    await deleteRef(gitDir, 'refs/tags/v1', { expected: git(dir, ['rev-parse', 'v1']) })
    expect(git(dir, ['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main\nrefs/heads/z')
    await updateRef(gitDir, 'refs/heads/z', tip, { message })
    await deleteRef(gitDir, 'refs/heads/z')
    expect(existsSync(join(gitDir, 'logs/refs/heads/z'))).toBe(false)
    git(dir, ['fsck', '--strict'])
  })

  test('not when it was moved meanwhile', async () => {
    const { gitDir, old, tip } = repository()
    await expect(deleteRef(gitDir, 'refs/heads/main', { expected: old })).rejects.toThrow(
      ConflictError,
    )
    expect(await resolveRef(gitDir, 'refs/heads/main')).toBe(tip)
  })
})

describe('a lock in the way', () => {
  const liveness = (alive: string[]): Liveness => ({
    mark: 'me',
    isAlive: async (mark) => alive.includes(mark),
  })

  const moveUnder = async (place: (lock: string) => void, alive: string[]) => {
    const { gitDir, old } = repository()
    const lock = join(gitDir, 'refs/heads/main.lock')
    place(lock)
    const options = { message, liveness: liveness(alive) }
    await updateRef(gitDir, 'refs/heads/main', old, options)
    expect(readdirSync(join(gitDir, 'refs/heads'))).toEqual(['main'])
    expect(await resolveRef(gitDir, 'refs/heads/main')).toBe(old)
  }

  test('git’s own is respected', async () => {
    await expect(moveUnder((lock) => writeFileSync(lock, ''), [])).rejects.toThrow(/main\.lock/)
  })

  test('a living wizard’s is respected', async () => {
    await expect(moveUnder((lock) => symlinkSync('wizard:other', lock), ['other'])).rejects.toThrow(
      ConflictError,
    )
  })

  test('a dead wizard’s is taken over', async () => {
    await moveUnder((lock) => symlinkSync('wizard:other', lock), [])
  })

  test('so is one that was being taken over', async () => {
    await moveUnder((lock) => {
      symlinkSync('wizard:other', lock)
      symlinkSync('wizard:third', `${lock}.lock`)
    }, [])
  })

  test('git respects ours, and does not take it for a ref', { tags: ['deep'] }, async () => {
    const { dir, gitDir, old } = repository()
    const lock = join(gitDir, 'refs/heads/main.lock')
    symlinkSync('wizard:other', lock)
    writeFileSync(`${lock}.new.lock`, old)
    expect(() => git(dir, ['update-ref', 'refs/heads/main', old])).toThrow(/File exists/)
    expect(git(dir, ['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main')
    git(dir, ['fsck', '--strict'])
    expect(lstatSync(lock).isSymbolicLink()).toBe(true)
  })

  test('of two that want it at once, one is refused and none is lost', async () => {
    const { gitDir, old, tip } = repository()
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, count) =>
        updateRef(gitDir, `refs/heads/main`, old, {
          expected: tip,
          message: `${count}`,
          liveness: liveness(['me']),
        }),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictError)
    }
    expect(readdirSync(join(gitDir, 'refs/heads'))).toEqual(['main'])
  })
})
