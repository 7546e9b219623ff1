import { parseRemote } from '../../base/names/remote.js'
import { fullNameOf, parseRepo, type Repo } from '../../base/names/repository.js'
import { isRecord, isTooDeep, type Json } from '../manifest/reader.js'

/** An entry of an index. */
export interface Indexed extends Repo {
  /** A manifest in the index itself; null: it is only in the repository. */
  manifest: Json | null
}

/** A longer list is not an index of plugins. */
const mostEntries = 10_000

/**
 * Parses an index: a list (or the list under `plugins`) of `owner/repo`, addresses, or objects with
 * `repo`, `repository` or `url`; or an object of such by id. Invalid entries are reported, and the
 * rest is read.
 *
 * @param host the repositories' host; wizard can't read others
 * @returns null if the file is not an index
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

/** An object may contain its own version and date beside the plugins. */
const mayName = (entry: unknown) =>
  isRecord(entry) || (typeof entry === 'string' && /\//.test(entry))

function addressOf({ repo, repository, url }: Json): unknown {
  const found = repo ?? repository ?? url
  return isRecord(found) ? found.url : found
}

/**
 * Reads `owner/repo`, `github:owner/repo`, or an address on that host, as manifests contain them.
 */
export function repositoryIn(text: string, host: string): Repo | null {
  const short = parseRepo(text.trim().replace(/^github:/, ''))
  if (short) return short
  const address = parseRemote(text.trim().replace(/^git\+/, ''))
  if (address === null || address.host.replace(/^www\./, '') !== host) return null
  return parseRepo(fullNameOf(address))
}
