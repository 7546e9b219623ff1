import { join } from 'node:path'
import { readTextIfThere } from '../../base/fs/read.js'
import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import { readWorktreeSettings, type UserEnvironment } from '../plumbing/config/worktree-settings.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode, readTree } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'

/**
 * Finds what the files of a tree need but wizard does not do, so that it can warn: Git LFS content,
 * submodules, and conversions on checkout (line ends, encodings, `$Id$`, filters).
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
  const { autocrlf, writesCrlf, attributesFile } = readWorktreeSettings(gitDir, env)
  const found = new Set<Warning>(autocrlf === 'true' ? ['eol'] : [])
  for (const file of [attributesFile, join(gitDir, 'info', 'attributes')]) {
    const text = file === null ? null : readTextIfThere(file)
    for (const warning of conversions(text ?? '', writesCrlf)) found.add(warning)
  }
  await collectWarnings({ store, writesCrlf }, tree, '', found)
  return order.filter((warning) => found.has(warning))
}

const order: Warning[] = ['lfs', 'submodules', 'eol']

async function collectWarnings(
  source: { store: ObjectStore; writesCrlf: boolean },
  tree: Oid,
  folder: BytePath,
  found: Set<Warning>,
): Promise<void> {
  const { store, writesCrlf } = source
  for (const { mode, name, oid } of await readTree(store, tree)) {
    const path = joinBytes(folder, name)
    if (mode === fileMode.folder) await collectWarnings(source, oid, path, found)
    else if (mode === fileMode.gitlink || path === '.gitmodules') found.add('submodules')
    else if (name === '.gitattributes' && mode !== fileMode.symlink) {
      const { data } = await store.read(oid)
      for (const warning of conversions(data.toString('latin1'), writesCrlf)) found.add(warning)
    }
  }
}

/** @see https://git-scm.com/docs/gitattributes */
function conversions(text: string, writesCrlf: boolean): Warning[] {
  const attributes = text
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .flatMap((line) =>
      line
        .trim()
        .replace(/^(?:"(?:[^"\\]|\\.)*"|\S+)/, '')
        .split(/\s+/),
    )
  return attributes.flatMap((attribute): Warning[] => {
    if (attribute === 'filter=lfs') return ['lfs']
    const isConverted =
      needsConversion.test(attribute) || (writesCrlf && /^text(?:=auto)?$/.test(attribute))
    return isConverted ? ['eol'] : []
  })
}

const needsConversion = /^(?:eol=crlf|ident|working-tree-encoding=.+|filter=.+)$/

/** What a repository needs but wizard does not do. */
export type Warning = 'lfs' | 'submodules' | 'eol' | 'renamed'
