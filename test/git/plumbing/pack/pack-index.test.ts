import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { EntryTable } from '../../../../src/git/plumbing/pack/entry-table.js'
import { formatPackIndex, PackIndex } from '../../../../src/git/plumbing/pack/pack-index.js'
import { temporaryFolder } from '../../support/real-git.js'

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
