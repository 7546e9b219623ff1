import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { commitTree } from './commit.js'
import { git, gitText } from './run.js'

/** Whether it is the top of a repository, bare or not; a folder inside one is not. */
export async function isRepository(dir: string): Promise<boolean> {
  const up = await gitText(['-C', dir, 'rev-parse', '--show-cdup']).catch(() => null)
  return up === ''
}

/** Imports the branches and tags of a local repository. @returns the branch of its HEAD */
export async function importRepository(bare: string, dir: string): Promise<string> {
  const head = await gitText(['-C', dir, 'symbolic-ref', '--short', 'HEAD'])
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
  await git(['fetch', '--quiet', '--update-head-ok', dir, ...refs], { dir: bare })
  return head
}

/**
 * Imports a folder as the first commit of a branch, without the files that its own `.gitignore`
 * excludes.
 */
export async function importFolder(
  bare: string,
  dir: string,
  { branch, date }: { branch: string; date: number },
): Promise<void> {
  const index = join(bare, 'import.index')
  const run = { dir: bare, env: { GIT_INDEX_FILE: index } }
  await git(['--work-tree', dir, '-C', dir, 'add', '--all'], run)
  const tree = await gitText(['write-tree'], run)
  await rm(index, { force: true })
  const oid = await commitTree(bare, { tree, parents: [], message: 'Begin', date })
  await git(['update-ref', `refs/heads/${branch}`, oid], { dir: bare })
}
