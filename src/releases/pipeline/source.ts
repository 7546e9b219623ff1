import { ConfigError, ConflictError, PathError } from '../../base/errors.js'
import { openObjectStore } from '../../git/plumbing/objects/store.js'
import { type GitDirs, type LocalRepository, readWorkTree } from '../../git/repository/open.js'
import { status } from '../../git/worktree/status.js'
import { versionOfTree } from '../versions/next-version.js'
import type { PublishRequest, SourceFacts } from './request.js'

type Request = Pick<PublishRequest, 'subject' | 'source' | 'env'>

/**
 * Reads the state of the work tree; changes nothing.
 *
 * @throws ConfigError if the component has no version; PathError; ConflictError for a repository
 *   that wizard does not read
 */
export async function readSource(request: Request): Promise<SourceFacts> {
  const { source: dir } = request
  const tree = await treeAt(dir)
  const { head, branch } = tree
  const version = await readVersion(request)
  return { dir, head, branch, version, ...(await changesIn(request, tree)) }
}

type Tree = LocalRepository & GitDirs & { head: string }

async function treeAt(dir: string): Promise<Tree> {
  const tree = await readWorkTree(dir)
  if (tree === null) throw new PathError(`${dir} is not a work tree of a clone`)
  if (tree.unsupported !== null) {
    throw new ConflictError(`${dir} is ${tree.unsupported}, which wizard does not support`, {
      hint: 'release from an ordinary clone',
    })
  }
  if (tree.head === null) throw new PathError(`${dir} has no commit yet`)
  return { ...tree, head: tree.head }
}

async function changesIn({ source, env }: Request, { gitDir, commonDir }: GitDirs) {
  const store = await openObjectStore(commonDir)
  try {
    const found = await status({ dir: source, gitDir, commonDir, store, env })
    const { staged, unstaged, untracked } = found
    return { changed: [...new Set([...staged, ...unstaged])].sort(), untracked }
  } finally {
    await store.close()
  }
}

async function readVersion({ subject: { component }, source }: Request): Promise<string> {
  const version = await versionOfTree(component, source)
  if (version !== null) return version
  throw new ConfigError(`${component.name} has no version_file`, {
    hint: 'set it in components.yaml, for example version_file: version.json',
  })
}

/** The tracked paths that differ from HEAD now. */
export async function changedPaths(request: Request): Promise<string[]> {
  return (await changesIn(request, await treeAt(request.source))).changed
}

/** Checks that HEAD is still the plan's commit. @throws ConflictError */
export async function assertSameHead({ dir, head }: SourceFacts): Promise<void> {
  const now = await treeAt(dir)
  if (now.head === head) return
  throw new ConflictError(`HEAD of ${dir} moved to ${now.head.slice(0, 7)} in the meantime`, {
    hint: 'run the command again to release the new HEAD',
  })
}
