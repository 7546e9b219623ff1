import { expect, onTestFinished, test } from 'vitest'
import { type ObjectStore, openObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { HistoryHaves } from '../../../../src/git/porcelain/history/haves.js'
import { addHistory } from '../../support/histories.js'
import { git, temporaryFolder } from '../../support/real-git.js'

/** A line of 30 commits, newest first, and a store that counts reads. */
async function line() {
  const dir = temporaryFolder()
  git(dir, ['init', '--bare', '--quiet'])
  addHistory(dir, { commits: 30, files: 2 })
  const store = await openObjectStore(dir)
  onTestFinished(() => store.close())
  const oids = git(dir, ['rev-list', 'main']).split('\n')
  const read: string[] = []
  const counting: ObjectStore = {
    ...store,
    read: (oid) => {
      read.push(oid)
      return store.read(oid)
    },
  }
  return { oids, read, haves: new HistoryHaves(counting) }
}

test('the youngest are told first, each once, to the last', async () => {
  const { oids, haves } = await line()
  await haves.add(oids[0]!)
  await haves.add(oids[3]!)
  expect(await haves.next(10)).toEqual(oids.slice(0, 10))
  expect(await haves.next(100)).toEqual(oids.slice(10))
  expect(await haves.next(100)).toEqual([])
})

test('what the server has is not told, nor what it leads to; nor is it read', async () => {
  const { oids, read, haves } = await line()
  await haves.add(oids[0]!)
  expect(await haves.next(5)).toEqual(oids.slice(0, 5))
  await haves.acknowledge(oids[2]!)
  expect(await haves.next(5)).toEqual([])
  expect(read.length).toBeLessThan(8)
})
