import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../base/fs/read.js'
import type { GitConfig } from '../plumbing/config/config-file.js'

/** The setting that changes how git keeps the repository, in words. */
export function unsupportedSetting(config: GitConfig, { isSubmodule = false } = {}): string | null {
  const versions = config.all('core.repositoryformatversion')
  const version = versions.find((one) => !knownFormats.has(one))
  if (version !== undefined) return `core.repositoryformatversion=${version}`
  if (config.boolean('core.bare', false)) return 'no work tree (core.bare)'
  if (!isSubmodule && config.get('core.worktree') !== undefined)
    return 'its work tree elsewhere (core.worktree)'
  if (config.boolean('core.sparsecheckout', false)) return 'a sparse checkout'
  if (config.boolean('index.sparse', false)) return 'a sparse index'
  if (config.boolean('core.splitindex', false)) return 'a split index'
  if (config.boolean('remote.origin.promisor', false)) return 'a partial clone'
  const refspec = config.all('remote.origin.fetch').find(leadsElsewhere)
  if (refspec !== undefined) return `remote.origin.fetch=${refspec}`
  const extension = config.keys('extensions.').find((key) => !isHarmless(key, config))
  return extension === undefined ? null : `${extension}=${config.get(extension)}`
}

/**
 * Whether a refspec takes branches to other refs than refs/remotes/origin, where wizard takes them.
 * https://git-scm.com/docs/git-fetch#_configured_remote_tracking_branches
 */
const leadsElsewhere = (refspec: string) =>
  /^\+?refs\/heads\//.test(refspec) &&
  !/^\+?refs\/heads\/([^:]+):refs\/remotes\/origin\/\1$/.test(refspec)

/**
 * https://git-scm.com/docs/repository-version: a repository of a later version must not be touched.
 */
const knownFormats = new Set(['0', '1'])

/**
 * https://git-scm.com/docs/repository-version: a repository with an unknown extension must not be
 * touched.
 */
function isHarmless(key: string, config: GitConfig): boolean {
  if (key === 'extensions.noop' || key === 'extensions.preciousobjects') return true
  if (key === 'extensions.objectformat') return config.get(key) === 'sha1'
  if (key === 'extensions.refstorage') return config.get(key) === 'files'
  return key === 'extensions.worktreeconfig' && !config.boolean(key, false)
}

/**
 * https://git-scm.com/docs/index-format: the signature, the version, and the extension that splits
 * it.
 */
export function unsupportedIndex(gitDir: string): string | null {
  const file = openIfThere(join(gitDir, 'index'))
  if (file === null) return null
  try {
    const header = Buffer.alloc(8)
    readSync(file, header)
    const version = header.readUInt32BE(4)
    return header.toString('latin1', 0, 4) === 'DIRC' && version >= 4
      ? `an index of version ${version}`
      : null
  } finally {
    closeSync(file)
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}
