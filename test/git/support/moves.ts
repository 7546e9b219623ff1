import { lstatSync, readFileSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { fastForward } from '../../../src/git/worktree/move/move-tree.js'
import type { Liveness } from '../../../src/process/owner-mark.js'
import { runUntilKilled } from './dying.js'
import { at } from './edits.js'
import { git, runAll, temporaryFolder } from './real-git.js'
import { cloneAt, placeOf, randomRepository } from './repository.js'
import { snapshot } from './snapshot.js'
import { addCommit, type Random, type RandomLeaf } from './trees.js'

export const message = 'pull: Fast-forward'
export const as = (mark: string): Liveness => ({ mark, isAlive: async (other) => other === mark })

export interface Ends {
  base: string
  from: string
  to: string
  /** git's own work tree at either end. */
  trees: Record<'from' | 'to', Map<string, string>>
}

export function twoEnds(seed: number): Ends {
  const { dir, commits } = randomRepository({ seed, commits: 2, changes: 8 })
  const [from = '', to = ''] = commits
  const base = cloneAt(dir, from)
  const tree = (commit: string) => snapshot(cloneAt(dir, commit), { withGit: false })
  return { base, from, to, trees: { from: tree(from), to: tree(to) } }
}

/** Two commits between which the attributes change, and with them the bytes of the files. */
export function convertedEnds(): Ends {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'empty'])
  const commitOf = (number: number, files: Record<string, string>) => {
    const leaves = Object.entries(files).map(([path, content]): [string, RandomLeaf] => [
      path,
      { mode: '100644', content },
    ])
    return addCommit(dir, new Map(leaves), number)
  }
  const from = commitOf(1, {
    // Before .gitattributes in the index's order, and after it.
    '!first.txt': 'one\n$Id$\n',
    '.gitattributes': '* text eol=lf\n*.id ident\n',
    'a.txt': 'one\n',
    'b.id': 'one $Id$\n',
    'deep/.gitattributes': '*.txt working-tree-encoding=UTF-16LE-BOM\n',
    'deep/c.txt': 'one\n',
    'kept.txt': 'kept\n',
  })
  const to = commitOf(2, {
    '!first.txt': 'two\n$Id$\n',
    '.gitattributes': '* text eol=crlf ident\n',
    'a.txt': 'two\n',
    'b.id': 'two $Id$\n',
    'deep/c.txt': 'two\n',
    'kept.txt': 'kept\n',
    'more/.gitattributes': '* working-tree-encoding=ISO-8859-1\n',
    'more/d.txt': 'caf\u00c3\u00a9\n',
  })
  const base = cloneAt(dir, from)
  const after = cloneAt(dir, from)
  git(after, ['merge', '--ff-only', '--quiet', to])
  const tree = (folder: string) => snapshot(folder, { withGit: false })
  return { base, from, to, trees: { from: tree(base), to: tree(after) } }
}

/** A copy with refreshed stat data, so that nothing is racy or possibly changed. */
export async function copyOf(base: string) {
  const dir = temporaryFolder()
  runAll(dir, [
    ['cp', '-a', `${base}/.`, '.'],
    ['git', 'status'],
  ])
  return placeOf(dir)
}

export type Place = Awaited<ReturnType<typeof placeOf>>

/** The first path whose file at the later end differs from the earlier one and matches. */
export const leafIn = ({ trees }: Ends, which: (path: string) => boolean) =>
  [...trees.to].find(
    ([path, leaf]) => leaf.startsWith('100') && leaf !== trees.from.get(path) && which(path),
  )?.[0] ?? ''

export const forward = (place: Place, { from, to }: Ends, mark = 'first') =>
  fastForward({ ...place, branch: 'main', from, to, message, liveness: as(mark) })

const revParse = ['git', 'rev-parse', 'HEAD']
const status = ['git', 'status', '--porcelain', '--ignored']
const fsck = ['git', 'fsck', '--strict']

export const head = (dir: string) => git(dir, revParse.slice(1))
export const porcelain = (dir: string) => git(dir, status.slice(1))

/** Reads the branch's file, for a test that checks it with git afterwards. */
export const endOf = ({ gitDir }: Pick<Place, 'gitDir'>, ends: Ends): 'from' | 'to' =>
  readFileSync(join(gitDir, 'refs/heads/main'), 'utf8').trim() === ends.to ? 'to' : 'from'

/** The index's stat data is right: an index without stat data gives the same status. */
export function expectHonestIndex({ dir, gitDir }: Omit<Place, 'store'>): void {
  const [path, commands] = freshIndex(gitDir)
  const [, asItIs, fresh] = runAll(dir, commands)
  expect(asItIs).toBe(fresh)
  unlinkSync(path)
}

function freshIndex(gitDir: string): [path: string, commands: string[][]] {
  const path = join(gitDir, 'fresh-index')
  const elsewhere = ['env', `GIT_INDEX_FILE=${path}`]
  const status = ['git', 'status', '--porcelain', '-z', '--no-renames']
  return [path, [[...elsewhere, 'git', 'read-tree', 'HEAD'], status, [...elsewhere, ...status]]]
}

/** Nothing is left of a move, and git finds no error, not even in the index's cache tree. */
export function expectSettled(place: Place): void {
  expectNoLeftovers(place)
  runAll(place.dir, [fsck])
}

function expectNoLeftovers({ gitDir }: Place): void {
  for (const left of ['wizard-move', 'index.lock'])
    expect(lstatSync(join(gitDir, left), { throwIfNoEntry: false })).toBe(undefined)
}

export function expectAt(place: Place, ends: Ends, end: 'from' | 'to'): void {
  const [commit, changes] = runAll(place.dir, [revParse, status, fsck])
  expect(commit).toBe(ends[end])
  expect(changes).toBe('')
  expect(snapshot(place.dir, { withGit: false })).toEqual(ends.trees[end])
  expectNoLeftovers(place)
}

export async function stepsOf(ends: Ends): Promise<number> {
  const place = await copyOf(ends.base)
  return (await runUntilKilled(Number.POSITIVE_INFINITY, () => forward(place, ends))) ?? 0
}

export const lockOf = ({ gitDir }: Place) => join(gitDir, 'index.lock')
export const isLink = (path: string) =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false

/** With an old time, because git always compares files that are as new as the index. */
export function writeOld(path: Buffer, content: string): void {
  writeFileSync(path, content)
  utimesSync(path, 1_000_000_000, 1_000_000_000)
}

/** A user's later edits by path: the content, or null for a removal. */
export function edit(random: Random, dir: string, { trees }: Ends): Map<string, string | null> {
  const edits = new Map<string, string | null>()
  const known = [...new Set([...trees.from.keys(), ...trees.to.keys()])].sort()
  for (let count = 1 + random.pick(2); count > 0; count--) {
    const now = snapshot(dir, { withGit: false })
    const path = random.choose(known) + (random.pick(4) === 0 ? '.new' : '')
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const isFolder = (other: string) => now.get(other)?.startsWith('40111 ') ?? false
    if (isFolder(path) || (parent !== '' && !isFolder(parent))) continue
    const isLink = now.get(path)?.startsWith('120') ?? false
    if (now.has(path) && (isLink || random.pick(3) === 0)) {
      unlinkSync(at(dir, path))
      edits.set(path, null)
    } else {
      writeOld(at(dir, path), `mine ${count}`)
      edits.set(path, `mine ${count}`)
    }
  }
  return edits
}

/** Every edit still exists, and everything else is as it should be at that end. */
export function expectAllBut(
  edits: Map<string, string | null>,
  place: Place,
  ends: Ends,
  end: 'from' | 'to',
): void {
  const now = snapshot(place.dir, { withGit: false })
  for (const [path, content] of edits) {
    if (content !== null) expect(readFileSync(at(place.dir, path), 'utf8')).toBe(content)
    else if (now.has(path)) expect(ends.trees[end].get(path)).toBe(now.get(path))
  }
  const near = (path: string) =>
    [...edits.keys()].some(
      (edited) => `${edited}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${edited}/`),
    )
  const others = (tree: Map<string, string>) => [...tree].filter(([path]) => !near(path))
  expect(others(now)).toEqual(others(ends.trees[end]))
  const [index, commands] = freshIndex(place.gitDir)
  const [written, wanted, , asItIs, fresh] = runAll(place.dir, [
    ['git', 'write-tree', '--missing-ok'],
    ['git', 'rev-parse', `${ends[end]}^{tree}`],
    ...commands,
    fsck,
  ])
  expect(written).toBe(wanted)
  expect(asItIs).toBe(fresh)
  unlinkSync(index)
  expectNoLeftovers(place)
}
