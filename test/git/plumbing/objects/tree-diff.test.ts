import { expect, test } from 'vitest'
import type { ObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { treeDiff } from '../../../../src/git/plumbing/objects/tree-diff.js'
import { git, gitBytes } from '../../support/real-git.js'
import { placeOf, randomRepository } from '../../support/repository.js'

const zeros = '0'.repeat(40)
const side = (leaf: { mode: number; oid: string } | null) =>
  leaf === null ? `000000 ${zeros}` : `${leaf.mode.toString(8)} ${leaf.oid}`

async function ours(store: ObjectStore, from: string | null, to: string | null) {
  const changes = await treeDiff(store, from, to)
  return changes.map(({ path, from, to }) => `${path}: ${side(from)} ${side(to)}`).sort()
}

function gits(dir: string, from: string, to: string) {
  const output = gitBytes(dir, ['diff-tree', '-r', '-z', '--no-renames', from, to]).toString(
    'latin1',
  )
  const fields = output.split('\0').slice(0, -1)
  const lines: string[] = []
  for (let at = 0; at < fields.length; at += 2) {
    const [mode, newMode, oid, newOid] = (fields[at] ?? '').slice(1).split(' ')
    lines.push(`${fields[at + 1]}: ${mode} ${oid} ${newMode} ${newOid}`)
  }
  return lines.sort()
}

test.each([1, 2, 3, 4, 5, 6])('two trees differ as git tells, seed %i', async (seed) => {
  const { dir, commits } = randomRepository({ seed, commits: 4, changes: 12 })
  const { store } = await placeOf(dir)
  const tree = (commit = '') => git(dir, ['rev-parse', `${commit}^{tree}`])
  const empty = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
  for (const [one, other] of [
    [0, 1],
    [1, 3],
    [3, 0],
  ] as const) {
    const [from, to] = [tree(commits[one]), tree(commits[other])]
    expect(await ours(store, from, to)).toEqual(gits(dir, from, to))
  }
  const first = tree(commits[0])
  expect(await ours(store, null, first)).toEqual(gits(dir, empty, first))
  expect(await ours(store, first, null)).toEqual(gits(dir, first, empty))
  expect(await ours(store, first, first)).toEqual([])
})

test('folders with the same id are not read', async () => {
  const { dir, commits } = randomRepository({ seed: 1, commits: 1, changes: 10 })
  const { store } = await placeOf(dir)
  const before = git(dir, ['rev-parse', `${commits[0]}^{tree}`])
  const oid = git(dir, ['hash-object', '-w', '--stdin'], { input: 'new' })
  const lines = `${gitBytes(dir, ['ls-tree', '-z', before]).toString('latin1')}100644 blob ${oid}\tzzz\0`
  const after = git(dir, ['mktree', '-z', '--missing'], { input: Buffer.from(lines, 'latin1') })
  const read: string[] = []
  const counting: ObjectStore = {
    has: (oid) => store.has(oid),
    open: (oid) => store.open(oid),
    refresh: () => store.refresh(),
    close: () => store.close(),
    read(oid) {
      read.push(oid)
      return store.read(oid)
    },
  }
  expect(await ours(counting, before, after)).toHaveLength(1)
  expect(read.sort()).toEqual([after, before].sort())
})
