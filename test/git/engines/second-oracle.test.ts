import fs from 'node:fs'
import { join } from 'node:path'
import * as isomorphic from 'isomorphic-git'
import { expect, test } from 'vitest'
import { cloneRepository } from '../../../src/git/porcelain/clone/clone.js'
import { pull } from '../../../src/git/porcelain/pull.js'
import { client, localGitHub } from '../support/client.js'
import { git, temporaryFolder } from '../support/real-git.js'

/** A served history with a merge and a tag; its names are UTF-8, because isomorphic-git knows no others. */
async function served() {
  const github = await localGitHub()
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`folder-${at % 7}/${at % 3}/ü ${at}.txt`, `${at}\n`]),
  )
  const { bare } = await github.addRepository('uDOS/typo', {
    files: { ...files, link: { symlink: 'folder-0' }, run: { content: '#!\n', mode: '100755' } },
  })
  await github.branch('uDOS/typo', 'side', 'main')
  await github.commit('uDOS/typo', { branch: 'side', files: { 'side.txt': 'side\n' } })
  await github.commit('uDOS/typo', { files: { 'main.txt': 'main\n', link: null } })
  await github.tag('uDOS/typo', 'v1', { annotated: true })
  const advance = () => {
    const tree = git(bare, ['rev-parse', 'side^{tree}'])
    const merge = ['commit-tree', tree, '-p', 'main', '-p', 'side', '-m', 'merge']
    git(bare, ['update-ref', 'refs/heads/main', git(bare, merge)])
  }
  return { url: `${github.gitUrl}/uDOS/typo.git`, advance, folder: temporaryFolder() }
}

/** isomorphic-git reads in the clone what git reads in it. */
async function expectReadAlike(dir: string): Promise<void> {
  const place = { fs, dir }
  const lines = (...args: string[]) => git(dir, args).split('\n')
  const commits = await isomorphic.log({ ...place })
  expect(commits.map(({ oid }) => oid).sort()).toEqual(lines('rev-list', 'HEAD').sort())
  expect(await isomorphic.currentBranch(place)).toBe('main')
  expect(await isomorphic.listBranches({ ...place, remote: 'origin' })).toEqual([
    'HEAD',
    'main',
    'side',
  ])
  expect(await isomorphic.listTags(place)).toEqual(['v1'])
  expect(await isomorphic.getConfig({ ...place, path: 'remote.origin.url' })).toBe(
    git(dir, ['config', 'remote.origin.url']),
  )
  const index = git(dir, ['ls-files', '-z']).split('\0').filter(Boolean)
  expect((await isomorphic.listFiles(place)).sort()).toEqual(index.sort())
  expect(await treeOf(dir)).toEqual(lines('ls-tree', '-r', '--format=%(objectname)', 'HEAD').sort())
  const status = await isomorphic.statusMatrix(place)
  expect(status.filter(([, ...state]) => state.join() !== '1,1,1')).toEqual([])
}

/** The ids of all files of HEAD. */
async function treeOf(dir: string): Promise<string[]> {
  const walked: string[] = await isomorphic.walk({
    fs,
    dir,
    trees: [isomorphic.TREE({ ref: 'HEAD' })],
    map: async (_, [entry]) => ((await entry?.type()) === 'tree' ? undefined : entry?.oid()),
  })
  return walked.sort()
}

test('isomorphic-git reads what wizard has cloned and pulled', { tags: ['deep'] }, async () => {
  const { url, advance, folder } = await served()
  const dir = join(folder, 'ours')
  const git_ = client({ engine: 'wizard' })
  await cloneRepository(git_, { url, dir, branches: 'all' })
  await expectReadAlike(dir)
  advance()
  await pull(git_, { url, dir, ref: 'main', pinned: false, onDiverged: 'block' })
  await expectReadAlike(dir)
})
