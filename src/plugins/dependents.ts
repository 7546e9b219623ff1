import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, ConflictError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { isSameName } from '../base/names/repository.js'
import { oneLine } from '../base/text.js'
import { type Manifest, manifestNames, parseManifest } from './manifest/parse.js'
import { readRange, readVersion } from './manifest/range.js'
import type { Need } from './manifest/requirements.js'
import { versionNamedBy } from './newer.js'
import type { PluginStore } from './store/store.js'

/** An installed plugin that depends on another one. */
interface Dependent {
  id: string
  need: Need
}

/** The installed plugins whose own manifests name this one. */
async function dependentsOf(store: PluginStore, id: string): Promise<Dependent[]> {
  const { repo } = store.entry(id)
  const found: Dependent[] = []
  for (const other of store.entries.keys()) {
    if (other === id) continue
    const needs = (await manifestIn(store.folderOf(other), other))?.needs ?? []
    const isThis = ({ name }: Need) => name === id || isSameName(name, repo)
    for (const need of needs.filter(isThis)) found.push({ id: other, need })
  }
  return found
}

/** null: there is none, or it can't be read. */
async function manifestIn(folder: string, id: string): Promise<Manifest | null> {
  for (const name of manifestNames) {
    try {
      return parseManifest(await readFile(join(folder, name), 'utf8'), name, id)
    } catch (error) {
      if (!(error instanceof ConfigError || hasCode(error, 'ENOENT', 'ENOTDIR'))) throw error
    }
  }
  return null
}

/** @throws ConflictError with the plugins that need it */
export async function assertNotNeeded(store: PluginStore, id: string): Promise<void> {
  const by = [...new Set((await dependentsOf(store, id)).map((one) => one.id))]
  if (by.length === 0) return
  const needs = by.length === 1 ? 'needs' : 'need'
  throw new ConflictError(`${oneLine(by.join(', '), 200)} ${needs} ${id}`, {
    hint: ['remove it first, or give ', { flag: 'force' }],
  })
}

/**
 * @param besides plugins that change in the same run
 * @throws ConflictError with the plugin whose range does not allow the version
 */
export async function assertStillFits(
  store: PluginStore,
  id: string,
  { version, tag, besides }: { version: string | null; tag: string; besides: string[] },
): Promise<void> {
  const next = readVersion(version ?? '') ?? versionNamedBy(tag)
  for (const { id: other, need } of await dependentsOf(store, id)) {
    const range = need.range === null ? null : readRange(need.range)
    if (range === null || besides.includes(other)) continue
    if (next !== null && range.includes(next)) continue
    throw new ConflictError(
      `${other} needs ${id} ${need.range}, and this would be ${oneLine(version ?? tag, 60)}`,
      { hint: [`update or remove ${other} first, or give `, { flag: 'force' }] },
    )
  }
}
