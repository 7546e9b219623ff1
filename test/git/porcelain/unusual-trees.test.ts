import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PathError } from '../../../src/base/errors.js'
import { cloneRepository } from '../../../src/git/porcelain/clone/clone.js'
import { client, localGitHub, servedHistory } from '../support/client.js'
import { git, networkGit, temporaryFolder } from '../support/real-git.js'

/** A served repository whose branch has these entries beside its files. */
async function served(entries: (bare: string) => [mode: string, name: string, oid: string][]) {
  const github = await localGitHub()
  const { url, bare } = await servedHistory(github, 'uDOS/odd')
  const raw = entries(bare).map(([mode, name, oid]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
  )
  const tree = treeOf(bare, Buffer.concat(raw))
  const commit = git(bare, ['commit-tree', '-m', 'Odd', tree])
  git(bare, ['update-ref', git(bare, ['symbolic-ref', 'HEAD']), commit])
  return { url, folder: temporaryFolder() }
}

const treeOf = (bare: string, input: Buffer) =>
  git(bare, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], { input })

const blobOf = (bare: string, input: string) =>
  git(bare, ['hash-object', '-w', '--stdin'], { input })

describe('a tree entry of an unusual mode', () => {
  test.each(['644', '0', '10644', '20644', '100000000644'])(
    'is refused by its path and its mode: %s',
    async (mode) => {
      const { url, folder } = await served((bare) => [[mode, 'odd', blobOf(bare, 'odd')]])
      const dir = join(folder, 'ours')
      const refused = cloneRepository(client(), { url, dir, branches: 'all' })
      await expect(refused).rejects.toThrow(PathError)
      await expect(refused).rejects.toThrow(`unsafe tree entry "odd": its mode is ${mode}`)
      expect(existsSync(dir)).toBe(false)
    },
  )

  test.each(['100664', '100600', '040000', '40755', '120777'])(
    'is as git reads it where only its permissions are unusual: %s',
    { tags: ['deep'] },
    async (mode) => {
      const { url, folder } = await served((bare) => {
        const oid = blobOf(bare, 'x')
        const isFolder = mode.includes('40')
        return [[mode, 'odd', isFolder ? treeOf(bare, leafNamed('a', oid)) : oid]]
      })
      const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')]
      await networkGit(folder, ['clone', '--quiet', url, theirs])
      await cloneRepository(client(), { url, dir: ours, branches: 'all' })
      const staged = (dir: string) => git(dir, ['ls-files', '--stage'])
      expect(staged(ours)).toBe(staged(theirs))
      expect(git(ours, ['status', '--porcelain'])).toBe('')
    },
  )
})

const leafNamed = (name: string, oid: string) =>
  Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(oid, 'hex')])

test('an empty folder of a tree is not made, as by git', { tags: ['deep'] }, async () => {
  const { url, folder } = await served((bare) => {
    const empty = treeOf(bare, Buffer.alloc(0))
    const nested = Buffer.concat([Buffer.from('40000 inner\0'), Buffer.from(empty, 'hex')])
    return [
      ['40000', 'empty', empty],
      ['40000', 'full', treeOf(bare, leafNamed('a', blobOf(bare, 'a')))],
      ['40000', 'nested', treeOf(bare, nested)],
    ]
  })
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')]
  await networkGit(folder, ['clone', '--quiet', url, theirs])
  await cloneRepository(client(), { url, dir: ours, branches: 'all' })
  const folders = (dir: string) =>
    ['empty', 'full', 'nested'].map((name) => existsSync(join(dir, name)))
  expect([folders(ours), folders(theirs)]).toEqual([
    [false, true, false],
    [false, true, false],
  ])
  expect(git(ours, ['status', '--porcelain'])).toBe('')
  expect(git(ours, ['fsck', '--full'])).toBe('')
})
