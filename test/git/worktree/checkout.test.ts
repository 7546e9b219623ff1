import fs, { mkdirSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConflictError, PathError } from '../../../src/base/errors.js'
import { checkoutFresh } from '../../../src/git/worktree/checkout.js'
import { isClean } from '../../../src/git/worktree/status.js'
import { randomNumbers } from '../support/histories.js'
import { git, gitBytes, temporaryFolder } from '../support/real-git.js'
import { cloneAt, placeOf, randomRepository } from '../support/repository.js'
import { snapshot } from '../support/snapshot.js'

const treeOf = (dir: string, commit: string) => git(dir, ['rev-parse', `${commit}^{tree}`])

/** The index as git shows it, without the fields that differ between any two checkouts. */
const indexOf = (dir: string) =>
  gitBytes(dir, ['ls-files', '--stage', '--debug', '-z'])
    .toString('latin1')
    .replaceAll(/ {2}(?:[cm]time: \d+:\d+|dev: \d+\tino: \d+)\n/g, '')

describe('a fresh checkout', () => {
  test.each(Array.from({ length: 8 }, (_, seed) => seed + 1))(
    'is what git would write, seed %i',
    { tags: ['deep'] },
    async (seed) => {
      const { dir, commits } = randomRepository({ seed, commits: 2, changes: 15 })
      const commit = commits.at(-1) ?? ''
      const place = await placeOf(dir)
      await checkoutFresh({ ...place, tree: treeOf(dir, commit) })
      expect(await isClean(place)).toBe(true)
      const debug = gitBytes(dir, ['ls-files', '--stage', '--debug', '-z'])
      expect(git(dir, ['status', '--porcelain', '--ignored'])).toBe('')
      git(dir, ['update-index', '--really-refresh'])
      expect(gitBytes(dir, ['ls-files', '--stage', '--debug', '-z']).equals(debug)).toBe(true)
      expect(git(dir, ['write-tree', '--missing-ok'])).toBe(treeOf(dir, commit))
      const theirs = cloneAt(dir, commit)
      expect(snapshot(dir, { withGit: false })).toEqual(snapshot(theirs, { withGit: false }))
      expect(indexOf(dir)).toBe(indexOf(theirs))
      git(dir, ['fsck', '--strict'])
    },
  )

  test('of large files, which are written in pieces (seed 5)', { tags: ['deep'] }, async () => {
    const dir = temporaryFolder()
    git(dir, ['init', '--quiet', '--initial-branch=main'])
    const random = randomNumbers(5)
    const large = Uint32Array.from({ length: 1_300_000 }, () => random() * 2 ** 32)
    for (const name of ['a', 'b']) writeFileSync(join(dir, name), large)
    writeFileSync(join(dir, 'zeros'), Buffer.alloc(9_000_000), { mode: 0o755 })
    git(dir, ['add', '.'])
    git(dir, ['commit', '--quiet', '--message', 'Large'])
    const theirs = snapshot(dir, { withGit: false })
    git(dir, ['repack', '-adq'])
    git(dir, ['rm', '-rq', '.'])
    await checkoutFresh({ ...(await placeOf(dir)), tree: treeOf(dir, 'main') })
    expect(snapshot(dir, { withGit: false })).toEqual(theirs)
    expect(git(dir, ['status', '--porcelain'])).toBe('')
  })

  test('of an empty tree', async () => {
    const { dir } = randomRepository({ seed: 1, commits: 1, changes: 1 })
    const tree = git(dir, ['mktree'], { input: '' })
    await checkoutFresh({ ...(await placeOf(dir)), tree })
    expect(git(dir, ['ls-files'])).toBe('')
  })

  test('writes over nothing', async () => {
    const { dir, commits } = randomRepository({ seed: 1, commits: 1, changes: 5 })
    const tree = treeOf(dir, commits[0] ?? '')
    const [first] = gitBytes(dir, ['ls-tree', '-rz', '--name-only', tree])
      .toString('latin1')
      .split('\0')
    const path = Buffer.from(`${dir}/${first}`, 'latin1')
    mkdirSync(Buffer.from(path.toString('latin1').replace(/[^/]*$/, ''), 'latin1'), {
      recursive: true,
    })
    writeFileSync(path, 'mine')
    await expect(checkoutFresh({ ...(await placeOf(dir)), tree })).rejects.toThrow(ConflictError)
  })

  test.each([
    ['symlink', '120000', 'x\0y', 'unsafe tree entry "a/link": its target contains a NUL byte'],
    ['symlink', '120000', '', 'unsafe tree entry "a/link": its target is empty'],
    ['symlink', '120000', 'x'.repeat(4096), "a/link can't be written to: its name is too long"],
  ])('names a %s that no system can hold', async (_, mode, target, message) => {
    const { dir } = randomRepository({ seed: 1, commits: 1, changes: 1 })
    const oid = git(dir, ['hash-object', '-w', '--stdin'], { input: target })
    const folder = git(dir, ['mktree'], { input: `${mode} blob ${oid}\tlink` })
    const tree = git(dir, ['mktree'], { input: `040000 tree ${folder}\ta` })
    const error = await checkoutFresh({ ...(await placeOf(dir)), tree }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(PathError)
    expect(error.message).toBe(message)
  })

  test('names a file whose name is too long', async () => {
    const { dir } = randomRepository({ seed: 1, commits: 1, changes: 1 })
    const oid = git(dir, ['hash-object', '-w', '--stdin'], { input: 'x' })
    const name = 'n'.repeat(256)
    const tree = git(dir, ['mktree'], { input: `100644 blob ${oid}\t${name}` })
    await expect(checkoutFresh({ ...(await placeOf(dir)), tree })).rejects.toThrow(
      `${name} can't be written to: its name is too long`,
    )
  })

  test('stops when it is told to', async () => {
    const { dir, commits } = randomRepository({ seed: 1, commits: 1, changes: 40 })
    const abort = new AbortController()
    const onProgress = () => {
      abort.abort(new Error('enough'))
      for (const end = performance.now() + 15; performance.now() < end; );
    }
    const request = { ...(await placeOf(dir)), tree: treeOf(dir, commits[0] ?? ''), onProgress }
    await expect(checkoutFresh({ ...request, signal: abort.signal })).rejects.toThrow('enough')
  })

  test('writes nothing of a tree with an unsafe entry anywhere', async () => {
    const { dir } = randomRepository({ seed: 1, commits: 1, changes: 1 })
    const blob = git(dir, ['hash-object', '-w', '--stdin'], { input: 'x' })
    const bad = git(dir, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], {
      input: Buffer.concat([Buffer.from('100644 .GIT\0'), Buffer.from(blob, 'hex')]),
    })
    const tree = git(dir, ['mktree'], { input: `100644 blob ${blob}\ta\n040000 tree ${bad}\tb\n` })
    await expect(checkoutFresh({ ...(await placeOf(dir)), tree })).rejects.toThrow(PathError)
    expect([...snapshot(dir, { withGit: false }).keys()]).toEqual([])
    expect(snapshot(join(dir, '.git')).has('index')).toBe(false)
  })

  test('tells of two entries that are one file where case does not count', async () => {
    const { dir } = randomRepository({ seed: 1, commits: 1, changes: 1 })
    const blob = git(dir, ['hash-object', '-w', '--stdin'], { input: 'x' })
    const folder = git(dir, ['mktree'], {
      input: `100644 blob ${blob}\tREADME\n100644 blob ${blob}\treadme\n`,
    })
    const tree = git(dir, ['mktree'], { input: `040000 tree ${folder}\ta\n` })
    const place = await placeOf(dir)
    const restore = foldCase()
    try {
      await expect(checkoutFresh({ ...place, tree })).rejects.toThrow(
        'a/readme: a/README is already there',
      )
    } finally {
      restore()
    }
  })
})

/** Makes node:fs open files like a file system that only knows lower-case names. */
function foldCase(): () => void {
  const real = fs.openSync
  fs.openSync = (path, ...rest) =>
    real(
      typeof path === 'string' ? join(dirname(path), basename(path).toLowerCase()) : path,
      ...rest,
    )
  syncBuiltinESMExports()
  return () => {
    fs.openSync = real
    syncBuiltinESMExports()
  }
}
