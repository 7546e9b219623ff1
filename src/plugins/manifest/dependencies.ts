import { isRepoName, parseRepo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { isRecord, type Json, type Reader } from './reader.js'

/** A plugin that another one needs. */
export interface Need {
  /** Its id, or `owner/repo`. */
  name: string
  /** A range of versions, as npm writes them; null: any. */
  range: string | null
}

/**
 * `dependencies.plugins`: a list of `id`, `id@range`, `owner/repo` or `{id, version, repository}`, or an object of ranges
 * by id. A list in the place of the whole is one of plugins.
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
    manifest.note('dependencies.plugins', 'expected names of plugins, each maybe with @RANGE')
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

/** Names go into requests and messages, so they are names. */
function needOf(name: unknown, range: unknown): Need | null {
  if (typeof name !== 'string' || !(isRepoName(name) || parseRepo(name))) return null
  const text = typeof range === 'string' ? oneLine(range, 100) : ''
  return { name, range: text === '' || text === '*' || text === 'latest' ? null : text }
}
