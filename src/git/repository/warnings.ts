import { join } from 'node:path'
import { readTextIfThere } from '../../base/fs/read.js'
import { parseAttributes } from '../plumbing/attributes/parse.js'
import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import { readWorktreeSettings, type UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { isUnknownEncoding } from '../plumbing/convert/conversion.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode, readTree } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'

/**
 * Finds what the files of a tree need but wizard does not do, so that it can warn: Git LFS content,
 * submodules, other filters, and encodings that it does not know.
 *
 * @param tree a tree's id, not a commit's
 * @param place the repository, whose settings and own attributes may say so too
 * @throws MissingObjectError, CorruptObjectError
 */
export async function warningsOf(
  store: ObjectStore,
  tree: Oid,
  { gitDir, env }: { gitDir: string; env?: UserEnvironment | undefined },
): Promise<Warning[]> {
  const { attributesFiles } = readWorktreeSettings(gitDir, env)
  const found = new Set<Warning>()
  for (const file of [...attributesFiles, join(gitDir, 'info', 'attributes')]) {
    for (const warning of warningsIn(readTextIfThere(file) ?? '')) found.add(warning)
  }
  await collectWarnings(store, tree, '', found)
  return warnings.filter((warning) => found.has(warning))
}

/** What a repository needs but wizard does not do. */
export type Warning = 'lfs' | 'lfs-host' | 'submodules' | 'filter' | 'encoding' | 'renamed'

/** All of them, in the order in which they are shown. */
export const warnings: readonly Warning[] = [
  'lfs',
  'lfs-host',
  'submodules',
  'filter',
  'encoding',
  'renamed',
]

async function collectWarnings(
  store: ObjectStore,
  tree: Oid,
  folder: BytePath,
  found: Set<Warning>,
): Promise<void> {
  for (const { mode, name, oid } of await readTree(store, tree)) {
    const path = joinBytes(folder, name)
    if (mode === fileMode.folder) await collectWarnings(store, oid, path, found)
    else if (mode === fileMode.gitlink || path === '.gitmodules') found.add('submodules')
    else if (name === '.gitattributes' && mode !== fileMode.symlink) {
      const { data } = await store.read(oid)
      for (const warning of warningsIn(data.toString('latin1'))) found.add(warning)
    }
  }
}

/** @param text the lines of a file of attributes, one character per byte */
function warningsIn(text: string): Warning[] {
  const { rules, macros } = parseAttributes(text, '', { ignoreCase: false })
  const settings = [...rules.flatMap((rule) => rule.settings), ...macros.flatMap(([, own]) => own)]
  return settings.flatMap(([name, value]): Warning[] => {
    if (name === 'filter' && typeof value === 'string') return [value === 'lfs' ? 'lfs' : 'filter']
    return name === 'working-tree-encoding' && isUnknownEncoding(value) ? ['encoding'] : []
  })
}
