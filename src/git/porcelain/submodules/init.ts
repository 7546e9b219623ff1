import type { Git } from '../../git.js'
import { readGitConfig } from '../../plumbing/config/config-file.js'
import { editConfig } from '../../plumbing/config/edit.js'
import { fetchableUrl, resolveAddress } from '../../submodules/address.js'
import type { SubmoduleEntry } from '../../submodules/gitmodules.js'
import type { ModulePlace } from './place.js'

/** A submodule that is to have its files. */
export interface InitialisedSubmodule extends Omit<SubmoduleEntry, 'address'> {
  /** As the superproject's configuration has it. */
  address: string
  /** Where it is fetched. */
  url: string
}

/**
 * Writes the addresses of new submodules into the superproject's configuration, as `git submodule
 * init` does. What the configuration says already wins over `.gitmodules`.
 *
 * @returns those that are to be filled in; `submodule.NAME.update` and `.active` may say no
 * @throws PathError naming a submodule whose address is not fetched; then nothing is written
 */
export async function initSubmodules(
  git: Git,
  { place: { gitDir }, url }: { place: ModulePlace; url: string },
  submodules: SubmoduleEntry[],
): Promise<InitialisedSubmodule[]> {
  if (submodules.length === 0) return []
  const config = readGitConfig(gitDir)
  const origin = config.get('remote.origin.url') ?? url
  const fresh: { name: string; subsection: string; values: Record<string, string> }[] = []
  const wanted: InitialisedSubmodule[] = []
  for (const submodule of submodules) {
    const { name, path, update } = submodule
    const key = `submodule.${name}`
    const known = config.get(`${key}.url`)
    const address = known ?? resolveAddress(path, submodule.address, origin)
    const isLeft = (config.get(`${key}.update`) ?? update) === 'none'
    if (!isLeft && config.boolean(`${key}.active`, true)) {
      wanted.push({ ...submodule, address, url: fetchableUrl(path, address, url) })
    }
    if (known === undefined) {
      const values = { active: 'true', url: address, ...(update === null ? {} : { update }) }
      fresh.push({ name: 'submodule', subsection: name, values })
    }
  }
  if (fresh.length > 0) await editConfig(gitDir, fresh, git.liveness)
  return wanted
}
