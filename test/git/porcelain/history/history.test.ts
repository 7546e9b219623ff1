import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { aheadBehind, isAncestor } from '../../../../src/git/porcelain/history/history.js'
import { randomNumbers } from '../../support/histories.js'
import { git, temporaryFolder } from '../../support/real-git.js'

/** Commits with random parents among the earlier ones. @returns their ids */
function graph(dir: string, { seed = 1, commits = 60, skew = 0, branching = 4 } = {}): string[] {
  const random = randomNumbers(seed)
  const parts = ['blob\nmark :1000\ndata 0\n']
  for (let mark = 1; mark <= commits; mark++) {
    const time = 1_700_000_000 + mark * 60 + Math.floor((random() - 0.5) * skew)
    parts.push(
      `commit refs/heads/c${mark}\nmark :${mark}\ncommitter C <c@x> ${time} +0000\ndata 0\n`,
    )
    const parents = new Set<number>()
    const count = random() < 0.1 ? 0 : random() < 0.3 ? 2 : 1
    for (let parent = 0; parent < count && mark > 1; parent++) {
      parents.add(Math.max(1, mark - 1 - Math.floor(random() * branching)))
    }
    let word = 'from'
    for (const parent of parents) {
      parts.push(`${word} :${parent}\n`)
      word = 'merge'
    }
    parts.push(`M 100644 :1000 file-${mark}\n`)
  }
  git(dir, ['fast-import', '--quiet', '--force'], { input: parts.join('') })
  const names = Array.from({ length: commits }, (_, mark) => `c${mark + 1}`)
  return git(dir, ['rev-parse', ...names]).split('\n')
}

function repository(): string {
  const dir = temporaryFolder()
  git(dir, ['init', '--bare', '--quiet'])
  return dir
}

async function open(dir: string) {
  const store = await openObjectStore(dir)
  onTestFinished(() => store.close())
  return store
}

/** git's own result for all pairs, with one walk each. */
const ancestorsOf = (dir: string, oid: string) => new Set(git(dir, ['rev-list', oid]).split('\n'))

describe.each([
  ['clocks that are right', 0],
  ['clocks that are wrong by hours', 10_000],
])('random histories, %s', { tags: ['deep'] }, (_, skew) => {
  test.each([1, 2])('isAncestor says what git rev-list says (seed %i)', async (seed) => {
    const dir = repository()
    const oids = graph(dir, { seed, skew, commits: 24 })
    const store = await open(dir)
    for (const descendant of oids) {
      const ancestors = ancestorsOf(dir, descendant)
      for (const ancestor of oids) {
        expect(await isAncestor(store, ancestor, descendant)).toBe(ancestors.has(ancestor))
      }
    }
  })

  test.each([4, 5])('aheadBehind counts what git counts (seed %i)', async (seed) => {
    const dir = repository()
    const oids = graph(dir, { seed, skew, commits: 24 })
    const store = await open(dir)
    const reachable = new Map(oids.map((oid) => [oid, ancestorsOf(dir, oid)]))
    for (const one of oids) {
      for (const other of oids) {
        const [ours, theirs] = [reachable.get(one)!, reachable.get(other)!]
        expect(await aheadBehind(store, dir, one, other)).toEqual({
          ahead: [...ours].filter((oid) => !theirs.has(oid)).length,
          behind: [...theirs].filter((oid) => !ours.has(oid)).length,
        })
      }
    }
  })
})

describe('history that is cut', () => {
  function line(): { dir: string; oids: string[] } {
    const dir = repository()
    const oids: string[] = []
    const tree = git(dir, ['hash-object', '-t', 'tree', '-w', '--stdin'], { input: '' })
    for (let count = 0; count < 6; count++) {
      const parent = oids.at(-1)
      const args = ['commit-tree', tree, '-m', `${count}`, ...(parent ? ['-p', parent] : [])]
      oids.push(git(dir, args))
    }
    return { dir, oids }
  }

  test('a shallow border below what both have does not matter', async () => {
    const { dir, oids } = line()
    writeFileSync(join(dir, 'shallow'), `${oids[2]}\n`)
    const store = await open(dir)
    expect(await aheadBehind(store, dir, oids[3]!, oids[5]!)).toEqual({ ahead: 0, behind: 2 })
    expect(await aheadBehind(store, dir, oids[2]!, oids[5]!)).toEqual({ ahead: 0, behind: 3 })
  })

  test('a shallow border above it makes the counts unknown', async () => {
    const { dir, oids } = line()
    writeFileSync(join(dir, 'shallow'), `${oids[4]}\n`)
    const store = await open(dir)
    expect(await aheadBehind(store, dir, oids[3]!, oids[5]!)).toBeNull()
  })

  test('a commit that is not here is nobody’s ancestor, and makes the counts unknown', async () => {
    const { dir, oids } = line()
    const missing = '1234567890123456789012345678901234567890'
    const store = await open(dir)
    expect(await isAncestor(store, missing, oids[5]!)).toBe(false)
    expect(await isAncestor(store, missing, missing)).toBe(false)
    expect(await aheadBehind(store, dir, missing, oids[5]!)).toBeNull()
  })
})

test('a long history is walked once', { tags: ['deep'] }, async () => {
  const dir = repository()
  const commits = 4_000
  const parts = ['blob\nmark :1000000\ndata 0\n']
  for (let mark = 1; mark <= commits; mark++) {
    parts.push(
      `commit refs/heads/main\nmark :${mark}\ncommitter C <c@x> ${1_600_000_000 + mark} +0000\ndata 0\n`,
    )
    if (mark === 1) parts.push('M 100644 :1000000 file\n')
  }
  git(dir, ['fast-import', '--quiet'], { input: parts.join('') })
  const store = await open(dir)
  const [tip, root] = [
    git(dir, ['rev-parse', 'main']),
    git(dir, ['rev-parse', `main~${commits - 1}`]),
  ]
  expect(await isAncestor(store, root, tip)).toBe(true)
  expect(await isAncestor(store, tip, root)).toBe(false)
  expect(await aheadBehind(store, dir, root, tip)).toEqual({ ahead: 0, behind: commits - 1 })
})
