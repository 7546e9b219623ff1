import { join } from 'node:path'
import { ConfigError } from '../../base/errors.js'
import { readTextIfThere } from '../../base/fs/read.js'
import { type BytePath, bytesOf } from '../plumbing/byte-path.js'
import { type GitConfig, parseConfig } from '../plumbing/config/config-file.js'

/** What `git status` does not report of a submodule; `none`: it reports everything. */
export type IgnoredInSubmodule = 'all' | 'dirty' | 'untracked' | 'none'

const modes = ['all', 'dirty', 'untracked', 'none'] as const

/**
 * What `git status` does not report, by the submodule's path: git's configuration goes before the
 * `.gitmodules` of the work tree. Read when it is first asked for.
 *
 * @see https://git-scm.com/docs/gitmodules (submodule.NAME.ignore)
 */
export function ignoredInSubmodules(
  dir: string,
  readConfig: () => GitConfig,
): (path: BytePath) => IgnoredInSubmodule {
  let known: Map<BytePath, IgnoredInSubmodule> | null = null
  return (path) => {
    known ??= readIgnored(dir, readConfig())
    return known.get(path) ?? 'none'
  }
}

function readIgnored(dir: string, config: GitConfig): Map<BytePath, IgnoredInSubmodule> {
  const shared = parseOrNothing(readTextIfThere(join(dir, '.gitmodules')) ?? '')
  const found = new Map<BytePath, IgnoredInSubmodule>()
  for (const key of shared.keys('submodule.')) {
    if (!key.endsWith('.path')) continue
    const name = `${key.slice(0, -'.path'.length)}.ignore`
    const value = config.get(name) ?? shared.get(name)
    const mode = modes.find((one) => one === value)
    if (mode !== undefined) found.set(bytesOf(shared.get(key) ?? ''), mode)
  }
  return found
}

function parseOrNothing(text: string): GitConfig {
  try {
    return parseConfig('.gitmodules', text)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return parseConfig('.gitmodules', '')
  }
}
