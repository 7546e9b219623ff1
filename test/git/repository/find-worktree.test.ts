import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workTreeAround } from '../../../src/git/repository/find-worktree.js'
import { git, temporaryFolder } from '../support/real-git.js'

const server = 'https://github.com'

function clone(): string {
  const dir = realpathSync(temporaryFolder())
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  git(dir, ['remote', 'add', 'origin', 'git@github.com:uDOS/engine.git'])
  git(dir, ['commit', '--quiet', '--allow-empty', '-m', 'one'])
  mkdirSync(join(dir, 'a/b'), { recursive: true })
  return dir
}

test('the work tree around a folder, with its origin', async () => {
  const dir = clone()
  const found = await workTreeAround(join(dir, 'a/b'), server)
  expect(found).toMatchObject({
    dir,
    origin: { owner: 'uDOS', repo: 'engine' },
    local: { branch: 'main', gitDir: join(dir, '.git'), commonDir: join(dir, '.git') },
  })
})

test('a linked work tree has a HEAD of its own, and all else of its repository', async () => {
  const dir = clone()
  const linked = join(realpathSync(temporaryFolder()), 'linked')
  git(dir, ['worktree', 'add', '--quiet', '-b', 'topic', linked])
  git(linked, ['commit', '--quiet', '--allow-empty', '-m', 'two'])
  mkdirSync(join(linked, 'sub'))
  expect(await workTreeAround(join(linked, 'sub'), server)).toMatchObject({
    dir: linked,
    origin: { owner: 'uDOS', repo: 'engine' },
    local: {
      branch: 'topic',
      head: git(linked, ['rev-parse', 'HEAD']),
      gitDir: join(dir, '.git/worktrees/linked'),
      commonDir: join(dir, '.git'),
    },
  })
})

test('a .git that leads nowhere is passed by', async () => {
  const dir = clone()
  writeFileSync(join(dir, 'a/.git'), 'gitdir: ../none\n')
  writeFileSync(join(dir, 'a/b/.git'), 'no pointer')
  expect((await workTreeAround(join(dir, 'a/b'), server))?.dir).toBe(dir)
  expect(await workTreeAround(realpathSync(temporaryFolder()), server)).toBe(null)
})

test('a submodule is the repository that it is a clone of', { tags: ['deep'] }, async () => {
  const [outer, inner] = [clone(), clone()]
  git(inner, ['remote', 'set-url', 'origin', 'https://github.com/uDOS/part'])
  const add = ['-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', inner, 'part']
  git(outer, add)
  git(join(outer, 'part'), ['remote', 'set-url', 'origin', 'https://github.com/uDOS/part'])
  expect(await workTreeAround(join(outer, 'part'), server)).toMatchObject({
    dir: join(outer, 'part'),
    origin: { owner: 'uDOS', repo: 'part' },
  })
})
