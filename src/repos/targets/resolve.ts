import { crypto } from '../../base/builtin.js'
import { ConfigError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import type { Config } from '../../config/load.js'
import type { RepoSession } from '../session.js'
import { expandEntries, type Lister, onGitHub } from './expand.js'
import { entriesFor, readSelection, selectWanted } from './select.js'

export interface TargetOptions {
  /** Repositories, groups or components, also as globs; `!NAME` takes one out. None: all. */
  targets?: string[] | undefined
  shard?: Shard | undefined
  /** Resolves `from:` entries; default: asks GitHub. */
  list?: Lister | undefined
}

/** The repositories of repos.yaml that targets and shard select. */
export async function resolveTargets(
  { client, config, emit }: RepoSession,
  { targets = [], shard, list = onGitHub(client) }: TargetOptions,
) {
  if (config.files.repos === undefined) throw noRepositories(config)
  const [entries, components] = await Promise.all([config.repos(), config.components()])
  const selection = await readSelection(targets, components)
  const needed = entriesFor(entries, selection)
  const owners = [...new Set(needed.flatMap((entry) => ('from' in entry ? entry.from : [])))]
  if (owners.length > 0) {
    emit({ type: 'activity', message: `listing the repositories of ${owners.join(', ')}` })
  }
  const { wanted, failures } = await expandEntries(list, config.root, needed)
  const selected = selectWanted(wanted, selection, { strict: failures.length === 0 })
  const chosen = shard ? selected.filter((one) => isInShard(shard, fullNameOf(one))) : selected
  return {
    chosen,
    elsewhere: selected.length - chosen.length,
    failures: failures.map(({ entry }) => entry),
  }
}

/** In cron, doing nothing with exit 0 would look like success. */
function noRepositories(config: Config): ConfigError {
  return new ConfigError(
    `${config.absent('repos')}, so there are no repositories to keep in step`,
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

export interface Shard {
  /** From 1. */
  index: number
  count: number
}

/**
 * The shard depends only on the name, so that it stays the same when other repositories come and
 * go.
 */
export function isInShard({ index, count }: Shard, fullName: string): boolean {
  const hash = crypto().createHash('sha256').update(fullName.toLowerCase()).digest()
  return hash.readUInt32BE(0) % count === index - 1
}
