import { ConfigError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import type { Config } from '../../config/load.js'
import type { RepoSession } from '../session.js'
import { expandEntries, type Lister, onGitHub } from './expand.js'
import { entriesFor, selectWanted } from './select.js'
import { isInShard, type Shard } from './shard.js'

export interface ChooseOptions {
  /** Repositories, groups or components; none: all. */
  targets?: string[] | undefined
  shard?: Shard | undefined
  /** Resolves `from:` entries; default: GitHub does. */
  list?: Lister | undefined
}

/** What repos.yaml names, less what targets and shard leave out. */
export async function chooseWanted(
  { client, config }: RepoSession,
  { targets = [], shard, list = onGitHub(client) }: ChooseOptions,
) {
  if (config.files.repos === undefined) throw noRepositories(config)
  const [entries, components] = await Promise.all([config.repos(), config.components()])
  const needed = entriesFor(entries, targets, components)
  const { wanted, failures } = await expandEntries(list, config.root, needed)
  const selected = selectWanted(wanted, targets, { components, strict: failures.length === 0 })
  const chosen = shard ? selected.filter((one) => isInShard(shard, fullNameOf(one))) : selected
  return {
    chosen,
    elsewhere: selected.length - chosen.length,
    failures: failures.map(({ entry }) => entry),
  }
}

/** Under cron, nothing done and exit 0 would look like success. */
function noRepositories(config: Config): ConfigError {
  return new ConfigError(
    `there is no ${config.fileFor('repos')}, so there is nothing to keep in step`,
    {
      hint: [
        { verb: ['REPO', 'ADD'], target: 'owner/repo' },
        ' writes it; ',
        { flag: 'config', value: 'DIR' },
        ' names another folder',
      ],
    },
  )
}
