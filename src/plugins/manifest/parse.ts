import semver from 'semver'
import { ConfigError } from '../../base/errors.js'
import { parseJson } from '../../base/json.js'
import { oneLine } from '../../base/text.js'
import { idFromRepository, isPluginId } from './id.js'
import { type Installation, readInstallation } from './installation.js'
import { isRecord, isTooDeep, type Json, jsonKindOf, Reader } from './reader.js'
import { type Need, type Requirements, readNeeds, readRequirements } from './requirements.js'

/** The possible files; the first existing one counts. */
export const manifestNames = ['manifest.json', 'plugin.json'] as const

/** A plugin's manifest, in either dialect. */
export interface Manifest {
  /** The name of its folder: see `isPluginId`. */
  id: string
  name: string
  version: string | null
  description: string | null
  category: string | null
  license: string | null
  author: string | null
  /** Verbatim: an address, or `owner/repo`. */
  repository: string | null
  installation: Installation
  requirements: Requirements
  needs: Need[]
  /** Problems of the manifest, each by its path. */
  warnings: string[]
  /** The whole manifest, with unknown fields. */
  raw: Json
}

/** The most characters of a manifest. */
const longest = 1_000_000
/** Per manifest. */
const mostWarnings = 20

/**
 * Parses a manifest of either dialect; problems become warnings.
 *
 * @param file its name in messages: `owner/repo:manifest.json`
 * @param fallbackId the repository's name, for a manifest without an id
 * @throws ConfigError if it is not a JSON object
 */
export function parseManifest(text: string, file: string, fallbackId: string): Manifest {
  const raw = objectIn(text, file)
  const notes: string[] = []
  const reader = new Reader(raw, notes)
  const id = readId(reader, fallbackId)
  const manifest = {
    id,
    name: reader.text('name') ?? id,
    version: readVersion(reader),
    description: reader.text('description'),
    category: readCategory(reader),
    license: reader.text('license'),
    author: readAuthor(reader),
    repository: readRepository(reader),
    installation: readInstallation(reader),
    requirements: readRequirements(reader),
    needs: readNeeds(reader),
  }
  noteSignature(reader)
  if (manifest.license === null) reader.note('license', 'missing')
  reader.knows(knownKeys)
  const more = notes.length - mostWarnings
  const warnings = notes.slice(0, mostWarnings)
  return { ...manifest, raw, warnings: more > 0 ? [...warnings, `and ${more} more`] : warnings }
}

/** Ignores a byte order mark. */
function objectIn(text: string, file: string): Json {
  if (text.length > longest) throw new ConfigError(`${file} is too long to be a manifest`)
  const value = parseJson(text, file, {
    hint: "its author must correct it: report it on the repository's page",
  })
  if (isTooDeep(value)) throw new ConfigError(`${file} is nested too deeply to be a manifest`)
  if (isRecord(value)) return value
  throw new ConfigError(`${file}: expected an object, found ${jsonKindOf(value)}`)
}

function readId(reader: Reader, fallback: string): string {
  const id = reader.text('id')
  if (id !== null && isPluginId(id)) return id
  const why =
    id === null ? 'missing' : `${oneLine(id, 60)} can't be the name of a folder everywhere`
  reader.note('id', `${why}; using the repository's name`)
  return idFromRepository(fallback)
}

function readVersion(reader: Reader): string | null {
  const version = reader.text('version')
  if (version === null) reader.note('version', 'missing')
  else if (semver.valid(version) === null) {
    reader.note('version', `${oneLine(version, 60)} is not a semantic version`)
  }
  return version
}

/** What can't be a signature counts as none. */
function noteSignature(reader: Reader): void {
  const part = reader.value('signature')
  if (part === undefined || part === null) return
  const text = isRecord(part) ? part.signature : undefined
  if (typeof text === 'string' && text.trim() !== '') return
  reader.note('signature', 'it contains none, so the plugin counts as unsigned')
}

/** The types and categories of both dialects. */
const types = ['container', 'transport', 'extension', 'theme', 'knowledge', 'service']
const categories = new Set([
  ...types,
  ...['ai', 'audio', 'cli', 'communication', 'data', 'dev', 'development', 'editor', 'editors'],
  ...['education', 'file', 'files', 'game', 'games', 'graphics', 'integration', 'language'],
  ...['library', 'media', 'network', 'networking', 'office', 'productivity', 'security', 'shell'],
  ...['system', 'terminal', 'text', 'tool', 'tools', 'ui', 'utilities', 'utility', 'web'],
])

function readCategory(reader: Reader): string | null {
  const type = reader.text('type')
  if (type !== null && !types.includes(type)) reader.note('type', `${oneLine(type, 60)} is unknown`)
  const category = reader.text('category') ?? type
  const isKnown = category === null || category === type || categories.has(category.toLowerCase())
  if (!isKnown) reader.note('category', `${oneLine(category, 60)} is unknown`)
  return category
}

/** A text, or an object with a name. */
const readAuthor = (reader: Reader): string | null =>
  isRecord(reader.value('author'))
    ? (reader.record('author')?.text('name') ?? null)
    : reader.text('author')

/** A text, or an object with a url. */
const readRepository = (reader: Reader): string | null =>
  isRecord(reader.value('repository'))
    ? (reader.record('repository')?.text('url') ?? null)
    : reader.text('repository')

/** The keys of both dialects, and of npm's package.json. */
const knownKeys = [
  ...['$schema', 'id', 'name', 'version', 'description', 'category', 'license', 'author'],
  ...['repository', 'installation', 'udos_version', 'udos_integration', 'main', 'type', 'runtime'],
  ...['permissions', 'dependencies', 'signature', 'homepage', 'keywords', 'tags', 'icon'],
]
