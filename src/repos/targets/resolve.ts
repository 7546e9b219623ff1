import { crypto } from '../../base/builtin.js'
import { ConfigError, NotFoundError } from '../../base/errors.js'
import { parseRemote } from '../../base/names/remote.js'
import { fullNameOf, isSameName, parseRepo } from '../../base/names/repository.js'
import type { Component } from '../../config/files/components.js'
import type { RepoEntry, SourceEntry } from '../../config/files/repos.js'
import type { Config } from '../../config/load.js'
import type { RepoSession } from '../session.js'
import { expandEntries, type Lister, onGitHub } from './expand.js'
import { type SyncTarget, wantedFrom } from './sync-target.js'

export interface TargetOptions {
  /** Repositories, groups or components; none: all. */
  targets?: string[] | undefined
  shard?: Shard | undefined
  /** Resolves `from:` entries; default: asks GitHub. */
  list?: Lister | undefined
}

/** The repositories of repos.yaml that targets and shard select. */
export async function resolveTargets(
  { client, config }: RepoSession,
  { targets = [], shard, list = onGitHub(client) }: TargetOptions,
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

/** In cron, doing nothing with exit 0 would look like success. */
function noRepositories(config: Config): ConfigError {
  return new ConfigError(`${config.absent('repos')}, so there is nothing to keep in step`, {
    hint: [
      { verb: ['REPO', 'ADD'], target: 'owner/repo' },
      ' writes it; ',
      { flag: 'config', value: 'DIR' },
      ' names another folder',
    ],
  })
}

export interface SelectOptions {
  components: Record<string, Component>
  /**
   * false after a failed listing: it may contain the target, so its failure is the error to report.
   */
  strict: boolean
}

/**
 * Selects by target: `owner/repo` or its address, a repository's name, a group's name, a
 * component's name, or the absolute path of a destination. No target, or ALL, selects everything.
 *
 * @throws NotFoundError, with the existing names, for a target that matches nothing
 */
export function selectWanted(
  all: SyncTarget[],
  targets: string[],
  { components, strict }: SelectOptions,
): SyncTarget[] {
  if (namesAll(targets)) return all
  const chosen = new Set<SyncTarget>()
  for (const target of targets) {
    const matches = all.filter((wanted) => matchesTarget(wanted, target, components))
    if (matches.length === 0 && strict) throw nothingNamed(target, all)
    for (const wanted of matches) chosen.add(wanted)
  }
  return all.filter((wanted) => chosen.has(wanted))
}

export const namesAll = (targets: string[]) =>
  targets.length === 0 || targets.some((target) => isSameName(target, 'all'))

function matchesTarget(
  wanted: SyncTarget,
  target: string,
  components: Record<string, Component>,
): boolean {
  const fullName = fullNameOf(wanted)
  if (wanted.path === target) return true
  if (isSameName(fullName, target) || isSameName(wanted.repo, target)) return true
  if (wanted.group !== null && isSameName(wanted.group, target)) return true
  const component = Object.values(components).find(({ name }) => isSameName(name, target))
  if (component && isSameName(fullNameOf(component), fullName)) return true
  const address = /[:@]|^\w+\//.test(target) ? parseRemote(target) : null
  return address !== null && isSameName(fullNameOf(address), fullName)
}

/**
 * Drops `from:` entries that no target can mean, so that their listings cost no request and cause
 * no failure: an explicit entry wins over a listed repository of the same name.
 */
export function entriesFor(
  entries: RepoEntry[],
  targets: string[],
  components: Record<string, Component>,
): RepoEntry[] {
  if (namesAll(targets)) return entries
  const explicit = entries.filter((entry) => entry.kind === 'repository').map(wantedFrom)
  const mayMean = (entry: SourceEntry, target: string) => {
    const isGroup = entries.some(({ group }) => isSameName(group, target))
    if (isGroup) return isSameName(entry.group, target)
    if (explicit.some((wanted) => matchesTarget(wanted, target, components))) return false
    const owner = ownerOf(target)
    return owner === null || isSameName(entry.from, owner)
  }
  return entries.filter(
    (entry) => entry.kind === 'repository' || targets.some((target) => mayMean(entry, target)),
  )
}

/** The account in `owner/repo` or an address; null if the target has none. */
function ownerOf(target: string): string | null {
  return (parseRepo(target) ?? parseRemote(target))?.owner ?? null
}

function nothingNamed(target: string, all: SyncTarget[]): NotFoundError {
  const names = [...new Set(all.map(({ group }) => group)), ...all.map(fullNameOf)].filter(Boolean)
  const shown = names.slice(0, 12).join(', ')
  return new NotFoundError(`repos.yaml names no repository or group ${target}`, {
    hint:
      names.length === 0
        ? ['it names none at all; see ', { verb: ['REPO', 'ADD'] }]
        : `there is ${shown}${names.length > 12 ? ' …' : ''}`,
  })
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
