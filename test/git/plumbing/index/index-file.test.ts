import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BlockedError } from '../../../../src/git/errors.js'
import {
  formatIndex,
  readIndex,
  writeIndexFile,
} from '../../../../src/git/plumbing/index/index-file.js'
import { git, gitBytes } from '../../support/real-git.js'
import { cloneAt, randomRepository } from '../../support/repository.js'

function checkedOut(seed = 1): string {
  const { dir, commits } = randomRepository({ seed, commits: 2, changes: 10 })
  return cloneAt(dir, commits.at(-1) ?? '')
}

const indexPath = (dir: string) => join(dir, '.git/index')
const debug = (dir: string) => gitBytes(dir, ['ls-files', '--stage', '--debug', '-z', '--sparse'])

/** Reads the index and writes it again. */
function rewrite(dir: string): void {
  const content = readIndex(join(dir, '.git'))
  rmSync(indexPath(dir))
  writeIndexFile(indexPath(dir), content)
}

const states: [string, (dir: string) => void][] = [
  ['a plain index', () => undefined],
  ['assume-valid', (dir) => git(dir, ['update-index', '--assume-unchanged', ...names(dir)])],
  [
    'skip-worktree (version 3)',
    (dir) => git(dir, ['update-index', '--skip-worktree', ...names(dir)]),
  ],
  [
    'intent to add (version 3)',
    (dir) => {
      writeFileSync(join(dir, 'later'), 'x')
      git(dir, ['add', '-N', 'later'])
    },
  ],
  [
    'a long name',
    (dir) => {
      const oid = git(dir, ['hash-object', '-w', '--stdin'], { input: 'x' })
      const name = Array.from({ length: 45 }, () => 'n'.repeat(100)).join('/')
      git(dir, ['update-index', '--index-info'], { input: `100644 ${oid}\t${name}\n` })
    },
  ],
  ['conflict stages', conflict],
  [
    'a resolved conflict (REUC)',
    (dir) => {
      conflict(dir)
      writeFileSync(join(dir, 'torn'), 'whole')
      git(dir, ['add', 'torn'])
    },
  ],
  ['an empty one', (dir) => git(dir, ['read-tree', '--empty'])],
  ['an untracked cache', (dir) => git(dir, ['update-index', '--untracked-cache'])],
  [
    'offset tables',
    (dir) => git(dir, ['-c', 'index.threads=4', 'update-index', '--force-write-index']),
  ],
]

const names = (dir: string) =>
  git(dir, ['ls-files'])
    .split('\n')
    .filter((name) => /^\w+$/.test(name))

function conflict(dir: string): void {
  const oids = ['a', 'b', 'c'].map((input) => git(dir, ['hash-object', '-w', '--stdin'], { input }))
  const lines = oids.map((oid, at) => `100644 ${oid} ${at + 1}\ttorn\n`)
  git(dir, ['update-index', '--index-info'], { input: lines.join('') })
}

describe('an index that is read and written again is the same to git', () => {
  test.each(states)('%s', { tags: ['deep'] }, (_, change) => {
    const dir = checkedOut()
    change(dir)
    const before = debug(dir)
    rewrite(dir)
    expect(debug(dir).equals(before)).toBe(true)
    if (before.length > 0) git(dir, ['fsck'])
  })

  test('byte for byte, the cache tree included', { tags: ['deep'] }, () => {
    const dir = checkedOut(2)
    git(dir, ['write-tree', '--missing-ok'])
    const before = readFileSync(indexPath(dir))
    expect(readIndex(join(dir, '.git')).cacheTree).not.toBe(null)
    expect(formatIndex(readIndex(join(dir, '.git'))).equals(before)).toBe(true)
  })

  test('what it knows of resolved conflicts stays', { tags: ['deep'] }, () => {
    const dir = checkedOut()
    conflict(dir)
    writeFileSync(join(dir, 'torn'), 'whole')
    git(dir, ['add', 'torn'])
    const before = git(dir, ['ls-files', '--resolve-undo'])
    expect(before).not.toBe('')
    rewrite(dir)
    expect(git(dir, ['ls-files', '--resolve-undo'])).toBe(before)
  })
})

test('no index is an empty one', { tags: ['deep'] }, () => {
  const dir = checkedOut()
  rmSync(indexPath(dir))
  expect(readIndex(join(dir, '.git')).entries).toEqual([])
})

test('a checksum of zeros is none (index.skipHash)', { tags: ['deep'] }, () => {
  const dir = checkedOut()
  const bytes = readFileSync(indexPath(dir))
  bytes.fill(0, bytes.length - 20)
  writeFileSync(indexPath(dir), bytes)
  expect(readIndex(join(dir, '.git')).entries.length).toBeGreaterThan(0)
})

describe('an index is refused', () => {
  const misnamed = (dir: string) => {
    const bytes = readFileSync(indexPath(dir))
    bytes.writeUInt8(bytes.readUInt8(12 + 61) + 1, 12 + 61)
    writeFileSync(indexPath(dir), bytes.fill(0, bytes.length - 20))
  }
  const sparse = (dir: string) => {
    git(dir, ['sparse-checkout', 'set', '--cone', '--sparse-index', 'a'])
  }
  test.each([
    [
      'of version 4',
      (dir: string) => git(dir, ['update-index', '--index-version', '4']),
      /version 4/,
    ],
    ['that is split', (dir: string) => git(dir, ['update-index', '--split-index']), /split/],
    ['that is sparse', sparse, /sparse/],
    ['with a byte too many', (dir: string) => appendFileSync(indexPath(dir), 'x'), /damaged/],
    ['with a name of another length than it says', misnamed, /damaged/],
    ['that is empty', (dir: string) => writeFileSync(indexPath(dir), ''), /damaged/],
    ['that is no index', (dir: string) => writeFileSync(indexPath(dir), 'x'.repeat(99)), /damaged/],
  ])('%s', (_, change, message) => {
    const dir = checkedOut(3)
    change(dir)
    const read = () => readIndex(join(dir, '.git'))
    expect(read).toThrow(BlockedError)
    expect(read).toThrow(message)
  })

  test('cut anywhere', { tags: ['deep'] }, () => {
    const dir = checkedOut()
    const bytes = readFileSync(indexPath(dir))
    for (let length = 0; length < bytes.length; length += 37) {
      writeFileSync(indexPath(dir), bytes.subarray(0, length))
      expect(() => readIndex(join(dir, '.git'))).toThrow(BlockedError)
    }
  })
})
