import { parseRemote } from '../../base/names/remote.js'
import { fullNameOf, parseRepo, type Repo } from '../../base/names/repository.js'
import { isRecord, isTooDeep, type Json } from '../manifest/reader.js'

/** A line of an index. */
export interface Indexed extends Repo {
  /** A manifest that stands in the index itself; null: in the repository alone. */
  manifest: Json | null
}

/** More than that is no index of plugins. */
const mostEntries = 10_000

/**
 * Reads an index: a list (or the list under `plugins`) of `owner/repo`, addresses, or objects with `repo`, `repository` or
 * `url`; or an object of such by id. What is none of these is noted, and the rest is read.
 *
 * @param host where repositories are: others can't be read
 * @returns null for what is no such file
 */
export function parseIndex(
  value: unknown,
  host: string,
  note: (what: string) => void,
): Indexed[] | null {
  const entries = entriesIn(value)
  if (entries === null || entries.length > mostEntries) return null
  return entries.flatMap(([place, entry]) => {
    const text = isRecord(entry) ? addressOf(entry) : entry
    const repo = typeof text === 'string' ? repositoryIn(text, host) : null
    if (repo === null) {
      note(`${place}: expected OWNER/NAME or its address on ${host}`)
      return []
    }
    return [{ ...repo, manifest: isManifest(entry) && !isTooDeep(entry) ? entry : null }]
  })
}

const isManifest = (entry: unknown): entry is Json =>
  isRecord(entry) && typeof entry.id === 'string' && 'version' in entry

function entriesIn(value: unknown): [place: string, entry: unknown][] | null {
  if (Array.isArray(value)) return value.map((entry, index) => [`[${index}]`, entry])
  if (!isRecord(value)) return null
  const { plugins = value } = value
  if (Array.isArray(plugins)) return entriesIn(plugins)
  return isRecord(plugins) ? Object.entries(plugins).filter(([, entry]) => mayName(entry)) : null
}

/** Beside plugins an object may hold its own version and date. */
const mayName = (entry: unknown) =>
  isRecord(entry) || (typeof entry === 'string' && /\//.test(entry))

function addressOf({ repo, repository, url }: Json): unknown {
  const found = repo ?? repository ?? url
  return isRecord(found) ? found.url : found
}

/** `owner/repo`, `github:owner/repo`, or an address on that host, as manifests have them. */
export function repositoryIn(text: string, host: string): Repo | null {
  const short = parseRepo(text.trim().replace(/^github:/, ''))
  if (short) return short
  const address = parseRemote(text.trim().replace(/^git\+/, ''))
  if (address === null || address.host.replace(/^www\./, '') !== host) return null
  return parseRepo(fullNameOf(address))
}
