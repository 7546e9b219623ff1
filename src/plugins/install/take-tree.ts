import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError, PathError } from '../../base/errors.js'
import { remoteUrl } from '../../base/names/remote.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { clone } from '../../git/porcelain/clone/clone.js'
import type { Warning } from '../../git/repository/warnings.js'
import { filesBelow, treeDigest } from '../store/record.js'
import type { PluginSession } from '../types.js'
import type { Taken } from './take-asset.js'

type Deps = Pick<PluginSession, 'client' | 'emit' | 'signal'>

/**
 * Takes the files of a repository at a tag by the git protocol, so that each is checked by its object id, without the
 * history and without `.git`.
 *
 * @param expected the digest of the lock; null: it was not installed before
 * @throws ConflictError where the tag leads elsewhere, or the files are others; PathError for a symbolic link
 */
export async function takeTree(
  { client, emit, signal }: Deps,
  { owner, repo, tag, commit }: Repo & { tag: string; commit: string },
  expected: string | null,
  tree: string,
): Promise<Taken & { warnings: Warning[] }> {
  const url = remoteUrl(client.gitUrl, { owner, repo })
  const onRequest = (message: string) => emit({ type: 'request', message })
  const git = { ...(await client.git()), signal, onRequest }
  const request = { url, dir: tree, ref: tag, depth: 1, branches: 'one' as const }
  const { oid, warnings } = await clone(git, request)
  if (oid !== commit) {
    throw new ConflictError(`${oneLine(tag, 60)} of ${owner}/${repo} moved while it was read`, {
      hint: 'run the command again',
    })
  }
  await rm(join(tree, '.git'), { recursive: true, force: true })
  const files = await filesBelow(tree)
  const link = files.find(({ sha256 }) => !/^[0-9a-f]{64}$/.test(sha256))
  if (link !== undefined) {
    throw new PathError(
      `${owner}/${repo}: ${oneLine(link.path, 200)} is refused: it is a symbolic link`,
    )
  }
  const sha256 = treeDigest(files)
  if (expected !== null && expected !== sha256) {
    throw new ConflictError(
      `${owner}/${repo} at ${oneLine(tag, 60)} is not what plugins.lock.json says`,
      {
        hint: `expected ${expected}, received ${sha256}`,
      },
    )
  }
  const size = files.reduce((sum, file) => sum + file.size, 0)
  return { sha256, size, address: url, warnings }
}
