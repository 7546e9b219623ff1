import { existsSync } from 'node:fs'
import { ConfigError } from '../../base/errors.js'
import { writeWhole } from '../../base/fs/durable-write.js'
import { readTextIfThere } from '../../base/fs/read.js'
import { parseJson } from '../../base/json.js'
import { oidPattern } from '../../base/names/ref.js'
import { parseRepo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { isPluginId } from '../manifest/id.js'
import { isRecord, type Json } from '../manifest/reader.js'

/** Exactly what was installed; unknown keys are kept. */
export interface LockEntry {
  /** `owner/repo` */
  repo: string
  /** GitHub's id of it, which it keeps when it is renamed; null: an older wizard wrote the lock. */
  repository_id: number | null
  version: string | null
  tag: string
  /** The template of its tags, if a component defined one. */
  template: string | null
  /** The full id of the tag's commit. */
  commit: string
  /** `asset`: a file of the release; `tree`: the repository's own files. */
  source: 'asset' | 'tree'
  /** The asset's name; null for a tree. */
  asset: string | null
  /** Its source. */
  address: string
  /**
   * Of the asset's bytes, or of the list of a tree's files: see `treeDigest`. Hexadecimal digits.
   */
  sha256: string
  /** Bytes: of the asset, or of all files of a tree. */
  size: number
  /** ISO 8601, UTC. */
  installed_at: string
  /** The signer of its manifest: see `Signer`. */
  signed_by: string | null
  /** Whether the signature covers every file, by a checksum of the asset. */
  signed_whole: boolean
  name: string | null
  description: string | null
  category: string | null
  license: string | null
  warnings: string[]
}

type Check = (value: unknown) => boolean

const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
const isText = matches(/^/)
const isTextOrNone: Check = (value) => value === null || isText(value)

/*
 * Written by hand, because a zod schema takes half as long again as everything else that LIST does.
 */
const checks: Record<keyof LockEntry, Check> = {
  repo: (value) => isText(value) && parseRepo(String(value)) !== null,
  repository_id: (value) => value === null || Number.isSafeInteger(value),
  version: isTextOrNone,
  tag: matches(/./),
  template: isTextOrNone,
  commit: matches(oidPattern),
  source: matches(/^(?:asset|tree)$/),
  asset: isTextOrNone,
  address: isText,
  sha256: matches(/^[0-9a-f]{64}$/),
  size: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  installed_at: isText,
  signed_by: isTextOrNone,
  signed_whole: (value) => typeof value === 'boolean',
  name: isTextOrNone,
  description: isTextOrNone,
  category: isTextOrNone,
  license: isTextOrNone,
  warnings: (value) => Array.isArray(value) && value.every(isText),
}

const checkList = Object.entries(checks)

/** Keys that an older or shorter lock may omit. */
const defaults = {
  repository_id: null,
  ...{ version: null, template: null, asset: null, signed_by: null, signed_whole: false },
  ...{ name: null, description: null, category: null, license: null, warnings: [] },
}

/** @returns the entry, or the missing or wrong key */
export function toLockEntry(value: unknown): LockEntry | string {
  if (!isRecord(value)) return ''
  const entry: Json = { ...value }
  for (const [key, none] of Object.entries(defaults)) if (!(key in entry)) entry[key] = none
  const wrong = checkList.find(([key, isRight]) => !isRight(entry[key]))
  return wrong?.[0] ?? (entry as unknown as LockEntry)
}

/** The entries by id, in file order, and the rest of the file. */
export interface PluginLock {
  entries: Map<string, LockEntry>
  rest: Json
}

/** @throws ConfigError for a damaged file, or an id that can't be a folder */
export function readLock(path: string): PluginLock {
  const text = readTextIfThere(path)
  if (text === null) {
    if (existsSync(path)) throw damaged(path, 'expected a file, found a folder')
    return { entries: new Map(), rest: {} }
  }
  const value = parseJson(text, path, { hint: howToRestore })
  if (!isRecord(value)) throw damaged(path, 'expected an object')
  const { version, plugins, ...rest } = value
  if (version !== 1) throw damaged(path, 'version: expected 1')
  if (!isRecord(plugins)) throw damaged(path, 'plugins: expected an object')
  const entries = new Map<string, LockEntry>()
  for (const [id, value] of Object.entries(plugins)) {
    const place = `plugins.${oneLine(id, 60)}`
    if (!isPluginId(id)) throw damaged(path, `${place} is not the name of a plugin`)
    const entry = toLockEntry(value)
    if (typeof entry === 'string') {
      throw damaged(path, `${entry === '' ? place : `${place}.${entry}`}: missing or invalid`)
    }
    entries.set(id, entry)
  }
  return { entries, rest }
}

const damaged = (path: string, what: string) =>
  new ConfigError(`${path}: ${what}`, { hint: howToRestore })

const howToRestore =
  'restore it from version control or a backup; the plugins themselves did not change'

/** Sorted by id, with one key per line, so that two versions are easy to compare. */
export async function writeLock(path: string, { entries, rest }: PluginLock): Promise<void> {
  const plugins = Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
  await writeWhole(path, `${JSON.stringify({ ...rest, version: 1, plugins }, null, 2)}\n`)
}
