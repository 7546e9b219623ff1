import { withMessage, withRemedy } from '../../../base/errors.js'
import { bytesOf } from '../../plumbing/byte-path.js'
import { resolveAlias } from '../../plumbing/config/aliases.js'
import { type GitConfig, readGitConfig } from '../../plumbing/config/config-file.js'
import type { ConfigSection } from '../../plumbing/config/edit.js'
import { readUserConfig, type UserEnvironment } from '../../plumbing/config/worktree-settings.js'
import { compilePathspecs } from '../../plumbing/ignore/pathspec.js'
import type { Matcher } from '../../plumbing/ignore/wildmatch.js'
import { fetchableUrl, resolveAddress } from '../../submodules/address.js'
import type { SubmoduleEntry } from '../../submodules/gitmodules.js'
import { refusedSubmodule } from '../../submodules/refusal.js'

/** A submodule that is to have its files. */
export interface WantedSubmodule extends Omit<SubmoduleEntry, 'address'> {
  /** As the superproject's configuration has it, or will have it. */
  address: string
  /** Where it is fetched. */
  url: string
  /** The address of an earlier `.gitmodules`, if that has changed since; null: it has not. */
  earlierAddress: string | null
}

export interface Initialisation {
  /** `submodule.NAME.update` and `.active` may say no to the others. */
  wanted: WantedSubmodule[]
  /** What the superproject's configuration lacks. */
  sections: ConfigSection[]
}

interface Superproject {
  gitDir: string
  /** Locates the user's own git configuration, for `url.BASE.insteadOf`; default: none. */
  env?: UserEnvironment | undefined
  /** Where it is fetched. */
  url: string
}

/**
 * Decides what `git submodule init` would write into the superproject's configuration, and which
 * submodules are to be filled in. What the configuration says wins over `.gitmodules`, except an
 * address that only follows an earlier `.gitmodules`.
 *
 * @param before the submodules of the commit that was checked out so far
 * @throws PathError naming a submodule whose address is not fetched, or leads to another host now
 */
export function initSubmodules(
  { gitDir, url, env = {} }: Superproject,
  submodules: SubmoduleEntry[],
  before: SubmoduleEntry[] = [],
): Initialisation {
  const config = readGitConfig(gitDir)
  const origin = config.get('remote.origin.url') ?? url
  const users = readUserConfig(gitDir, env)
  const earlier = new Map(before.map((one) => [one.name, one]))
  const isActive = activityBy(config, users)
  const found: Initialisation = { wanted: [], sections: [] }
  for (const submodule of submodules) {
    const { name, path, update } = submodule
    const activity = isActive(submodule)
    // git does not initialise it either.
    if (activity === 'unmatched') continue
    const known = config.get(`submodule.${name}.url`)
    const old = earlier.get(name)
    const isOther = old !== undefined && old.address !== submodule.address
    const earlierAddress = isOther ? resolveAddress(path, old.address, origin) : null
    const address = addressOf({ ...submodule, known, origin, url, earlierAddress })
    if (activity !== 'off' && (config.get(`submodule.${name}.update`) ?? update) !== 'none') {
      const from = fetchableUrl(path, address, url, resolveAlias(users, address))
      found.wanted.push({ ...submodule, address, url: from, earlierAddress })
    }
    if (address === known) continue
    const isNew = known === undefined
    const values: Record<string, string> = { ...(isNew && activity !== 'on' && { active: 'true' }) }
    values.url = address
    if (isNew && update !== null) values.update = update
    found.sections.push({ name: 'submodule', subsection: name, values })
  }
  return found
}

/** `unmatched`: by the user's choice of paths, not by its own setting. */
type Activity = 'on' | 'off' | 'unmatched' | 'unset'

/**
 * Whether `submodule.NAME.active`, or else the pathspecs of `submodule.active`, let a submodule be
 * filled in.
 *
 * @see https://git-scm.com/docs/gitsubmodules#_active_submodules
 */
function activityBy(config: GitConfig, users: GitConfig) {
  const matches = activePaths(users.all('submodule.active'))
  return ({ name, path }: SubmoduleEntry): Activity => {
    const key = `submodule.${name}.active`
    if (config.get(key) !== undefined) return config.boolean(key, true) ? 'on' : 'off'
    if (matches === null) return 'unset'
    return matches(path) ? 'on' : 'unmatched'
  }
}

function activePaths(pathspecs: string[]): Matcher | null {
  try {
    return pathspecs.length === 0 ? null : compilePathspecs(pathspecs.map(bytesOf))
  } catch (error) {
    const named = withMessage(error, (message) => `submodule.active: ${message}`)
    throw withRemedy(named, 'see `git config --get-all submodule.active`')
  }
}

interface Addressed extends SubmoduleEntry {
  /** What the superproject's configuration says. */
  known: string | undefined
  origin: string
  /** Where the superproject is fetched. */
  url: string
  earlierAddress: string | null
}

/** @throws PathError if `.gitmodules` leads it to another host than before */
function addressOf({ path, address, known, origin, url, earlierAddress }: Addressed): string {
  if (known === undefined) return resolveAddress(path, address, origin)
  // Somebody may have chosen another address than that of .gitmodules.
  if (known !== earlierAddress) return known
  const resolved = resolveAddress(path, address, origin)
  if (hostOf(path, resolved, url) !== hostOf(path, known, url)) {
    throw refusedSubmodule(path, 'its address is now on another host')
  }
  return resolved
}

const hostOf = (path: string, address: string, superproject: string) =>
  new URL(fetchableUrl(path, address, superproject)).host
