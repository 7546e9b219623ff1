import { ConflictError } from '../../base/errors.js'
import { isRepoName, parseRepo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { type Platform, platformName, suits } from './installation.js'
import { readMinimum, readVersion } from './range.js'
import { isRecord, type Json, type Reader } from './reader.js'

/** A plugin's requirements for its environment. */
export interface Requirements {
  /** A range of versions of uDOS; null: any. */
  udos: string | null
  /** Names of platforms; empty: any. */
  platforms: string[]
}

/** `udos_version`; in the other dialect `runtime.requires` and `runtime.platform`. */
export function readRequirements(manifest: Reader): Requirements {
  const runtime = isRecord(manifest.value('runtime')) ? manifest.record('runtime') : null
  const requires = runtime?.value('requires')
  const named = isRecord(requires) ? runtime?.record('requires') : null
  const text = typeof requires === 'string' ? (runtime?.text('requires') ?? null) : null
  const udos = manifest.text('udos_version') ?? named?.text('udos') ?? named?.text('uDOS') ?? text
  if (udos !== null && readMinimum(udos) === null) {
    manifest.note('udos_version', `${oneLine(udos, 60)} is not a range of versions`)
  }
  return { udos, platforms: runtime?.texts('platform') ?? [] }
}

/**
 * @param udosVersion of plugins.yaml; null: not checked
 * @throws ConflictError if it is incompatible with that version of uDOS, or with this machine; also
 *   if its range can't be read
 */
export function assertFit(
  { id, requirements: { udos, platforms } }: { id: string; requirements: Requirements },
  udosVersion: string | null,
  platform: Platform,
): void {
  if (udos !== null && udosVersion !== null) assertUdos(id, udos, udosVersion)
  if (platforms.length > 0 && !platforms.some((name) => suits(name, platform) > 0)) {
    throw new ConflictError(
      `${id} is for ${oneLine(platforms.join(', '), 100)}, but this is ${platformName(platform)}`,
    )
  }
}

function assertUdos(id: string, udos: string, udosVersion: string): void {
  const [range, version] = [readMinimum(udos), readVersion(udosVersion)]
  const needs = `${id} needs uDOS ${oneLine(udos, 60)}`
  if (range === null) {
    throw new ConflictError(`${needs}, which is not a range of versions`, {
      hint: 'ask its author to correct it, or remove udos_version from plugins.yaml',
    })
  }
  if (version !== null && range.includes(version)) return
  throw new ConflictError(`${needs}, but this is ${udosVersion}`, {
    hint: 'choose another version of the plugin, or correct udos_version in plugins.yaml',
  })
}

/** A dependency of a plugin. */
export interface Need {
  /** Its id, or `owner/repo`. */
  name: string
  /** A range of versions: see `readRange`; null: any. */
  range: string | null
}

/**
 * `dependencies.plugins`: a list of `id`, `id@range`, `owner/repo` or `{id, version, repository}`,
 * or an object of ranges by id. If `dependencies` itself is a list, it is this one.
 */
export function readNeeds(manifest: Reader): Need[] {
  const value = manifest.value('dependencies')
  if (value === undefined || value === null) return []
  const plugins = isRecord(value) ? value.plugins : value
  if (plugins === undefined || plugins === null) return []
  const needs = Array.isArray(plugins)
    ? plugins.map(needIn)
    : isRecord(plugins)
      ? Object.entries(plugins).map(([name, range]) => needOf(name, range))
      : [null]
  const found = needs.filter((need) => need !== null)
  if (found.length < needs.length) {
    manifest.note('dependencies.plugins', 'expected names of plugins, each optionally with @RANGE')
  }
  return found
}

function needIn(entry: unknown): Need | null {
  if (typeof entry === 'string') {
    const [, name = '', range = null] = /^([^@\s]+)(?:@(.+))?$/.exec(entry.trim()) ?? []
    return needOf(name, range)
  }
  return isRecord(entry) ? needOf(nameIn(entry), entry.version ?? entry.range) : null
}

const nameIn = ({ id, name, repository, repo }: Json) => id ?? name ?? repository ?? repo

/** Names go into requests and messages, so they must be valid names. */
function needOf(name: unknown, range: unknown): Need | null {
  if (typeof name !== 'string' || !(isRepoName(name) || parseRepo(name))) return null
  const text = typeof range === 'string' ? oneLine(range, 100) : ''
  return { name, range: text === '' || text === '*' || text === 'latest' ? null : text }
}
