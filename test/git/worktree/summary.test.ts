import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openObjectStore } from '../../../src/git/plumbing/objects/store.js'
import { summarizeWorktree } from '../../../src/git/worktree/summary.js'
import { git, temporaryFolder } from '../support/real-git.js'

function repository() {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  return dir
}

const write = (dir: string, name: string, text = name) => writeFileSync(join(dir, name), text)

const commit = (dir: string, message: string) =>
  git(dir, [
    ...['commit', '--quiet', '--allow-empty', '--allow-empty-message', '--cleanup=verbatim'],
    ...['-m', message],
  ])

async function summaryOf(dir: string) {
  const gitDir = join(dir, '.git')
  const store = await openObjectStore(gitDir)
  onTestFinished(() => store.close())
  return summarizeWorktree({ dir, gitDir, store })
}

/** What git's porcelain says of the same. */
function byGit(dir: string) {
  const records = git(dir, ['status', '--porcelain', '--no-renames']).split('\n')
  const count = (pattern: RegExp) => records.filter((record) => pattern.test(record)).length
  const [oid, time, subject = ''] = git(dir, ['log', '-1', '--format=%H%n%ct%n%s']).split('\n')
  return {
    staged: count(/^[^ ?]/),
    unstaged: count(/^[^?][^ ?]/),
    untracked: count(/^\?/),
    stashes: git(dir, ['stash', 'list']).split('\n').filter(Boolean).length,
    last_commit: { oid, time: new Date(Number(time) * 1000).toISOString(), subject },
  }
}

it('counts what is staged, unstaged, untracked and stashed, as git does', async () => {
  const dir = repository()
  for (const name of ['a', 'b', 'c', 'd']) write(dir, name)
  git(dir, ['add', '.'])
  commit(dir, 'first')
  for (const text of ['1', '2']) {
    write(dir, 'a', text)
    git(dir, ['stash', '--quiet'])
  }
  write(dir, 'a', 'both')
  git(dir, ['add', 'a'])
  write(dir, 'a', 'again')
  git(dir, ['mv', 'b', 'moved'])
  git(dir, ['rm', '--quiet', 'c'])
  write(dir, 'd', 'changed')
  mkdirSync(join(dir, 'folder'))
  for (const name of ['new', 'folder/one', 'folder/two']) write(dir, name)
  const ours = await summaryOf(dir)
  expect(ours).toMatchObject({ staged: 4, unstaged: 2, untracked: 2, stashes: 2 })
  expect(ours).toEqual(byGit(dir))
})

it('counts a conflict as git does', async () => {
  const dir = repository()
  write(dir, 'a', '1')
  git(dir, ['add', '.'])
  commit(dir, 'first')
  git(dir, ['checkout', '--quiet', '-b', 'side'])
  write(dir, 'a', '2')
  git(dir, ['commit', '--quiet', '-am', 'two'])
  git(dir, ['checkout', '--quiet', 'main'])
  write(dir, 'a', '3')
  git(dir, ['commit', '--quiet', '-am', 'three'])
  expect(() => git(dir, ['merge', '--quiet', 'side'])).toThrow()
  const ours = await summaryOf(dir)
  expect(ours).toMatchObject({ staged: 1, unstaged: 1 })
  expect(ours).toEqual(byGit(dir))
})

it.each([
  ['one line', 'one'],
  ['a wrapped subject', 'one\ntwo  \n\nbody\n'],
  ['blank lines before it', '\n \none\n\ntwo'],
  ['blanks in the empty line', 'one\n  \ntwo'],
  ['nothing', ''],
  ['other letters', 'größer\n\nß'],
])('reads the subject of a commit with %s', async (_what, message) => {
  const dir = repository()
  commit(dir, message)
  expect((await summaryOf(dir)).last_commit).toEqual(byGit(dir).last_commit)
})

it('knows no last commit before the first one, and no stash without a reflog', async () => {
  const dir = repository()
  write(dir, 'a')
  git(dir, ['add', '.'])
  expect(await summaryOf(dir)).toEqual({
    ...{ staged: 1, unstaged: 0, untracked: 0, stashes: 0 },
    last_commit: null,
  })
})
