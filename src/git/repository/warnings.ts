import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode, readTree } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'

/**
 * Finds what the files of a tree need but wizard does not do, so that it can warn: Git LFS content,
 * submodules, and conversions on checkout (line ends, encodings, `$Id$`, filters).
 *
 * @param tree a tree's id, not a commit's
 * @throws MissingObjectError, CorruptObjectError
 */
export async function warningsOf(store: ObjectStore, tree: Oid): Promise<Warning[]> {
  const found = new Set<Warning>()
  await collectWarnings(store, tree, '', found)
  return order.filter((warning) => found.has(warning))
}

const order: Warning[] = ['lfs', 'submodules', 'eol']

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
      for (const warning of conversions(data.toString('latin1'))) found.add(warning)
    }
  }
}

/** @see https://git-scm.com/docs/gitattributes */
function conversions(text: string): Warning[] {
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
    return needsConversion.test(attribute) ? ['eol'] : []
  })
}

const needsConversion = /^(?:eol=crlf|ident|working-tree-encoding=.+|filter=.+)$/

/** What a repository needs but wizard does not do. */
export type Warning = 'lfs' | 'submodules' | 'eol' | 'renamed'
