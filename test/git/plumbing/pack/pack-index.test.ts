import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { EntryTable } from '../../../../src/git/plumbing/pack/entry-table.js'
import { formatPackIndex, PackIndex } from '../../../../src/git/plumbing/pack/pack-index.js'
import { git, temporaryFolder } from '../../support/real-git.js'
import { placeOf, randomRepository } from '../../support/repository.js'

test('ids that begin with the same four bytes are told apart', () => {
  const oids = ['0', '1', '8', 'f'].map((digit) => `fedcba98${digit.repeat(32)}`)
  const table = new EntryTable(oids.length)
  for (const [place, oid] of oids.entries()) {
    table.offsets[place] = 12 + place
    table.settle(place, 'blob', oid)
  }
  const path = join(temporaryFolder(), 'pack.idx')
  writeFileSync(path, formatPackIndex(table, Buffer.alloc(20)))
  const index = new PackIndex(path)
  onTestFinished(() => index.close())
  expect(oids.map((oid) => index.find(oid))).toEqual([12, 13, 14, 15])
  const others = ['2', '7', 'e'].map((digit) => `fedcba98${digit.repeat(32)}`)
  expect(others.map((oid) => index.find(oid))).toEqual([null, null, null])
})

test('every object is found by an index of version 1', async () => {
  const { dir } = randomRepository({ seed: 11, commits: 40, changes: 8 })
  git(dir, ['repack', '-adq'])
  const packs = join(dir, '.git/objects/pack')
  for (const name of readdirSync(packs)) if (!name.endsWith('.pack')) rmSync(join(packs, name))
  const [pack = ''] = readdirSync(packs)
  git(packs, ['index-pack', '--index-version=1', pack])
  const { store } = await placeOf(dir)
  const all = git(dir, ['cat-file', '--batch-all-objects', '--batch-check']).split('\n')
  expect(all.length).toBeGreaterThan(200)
  for (const line of all) {
    const [oid = '', type, size] = line.split(' ')
    const object = await store.read(oid)
    expect([object.type, String(object.data.length)]).toEqual([type, size])
  }
  expect(await store.has('f'.repeat(40))).toBe(false)
})

test.each([
  ['of a later version', Buffer.from('ff744f6300000003'.padEnd(4096, '0'), 'hex'), /version 3$/],
  ['that is no index', Buffer.from('hello '.repeat(400)), /not sorted$|cut short$/],
  ['of one byte', Buffer.from('x'), /cut short$/],
])('a file %s is refused with its path', (_, bytes, message) => {
  const path = join(temporaryFolder(), 'pack.idx')
  writeFileSync(path, bytes)
  expect(() => new PackIndex(path)).toThrow(message)
  expect(() => new PackIndex(path)).toThrow(path)
})
