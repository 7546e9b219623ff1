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
import type { PluginSession } from './session.js'
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
  const [misfit] = (await misfitsOf(store, id, { version, tag })).filter(
    (one) => !besides.includes(one.id),
  )
  if (misfit === undefined) return
  const { id: other, need } = misfit
  throw new ConflictError(
    `${other} needs ${id} ${need.range}, but this would be ${oneLine(version ?? tag, 60)}`,
    { hint: [`update or remove ${other} first, or give `, { flag: 'force' }] },
  )
}

/** The plugins whose range does not allow a version. */
async function misfitsOf(
  store: PluginStore,
  id: string,
  { version, tag }: { version: string | null; tag: string },
): Promise<Dependent[]> {
  const next = readVersion(version ?? '') ?? versionNamedBy(tag)
  return (await dependentsOf(store, id)).filter(({ need }) => {
    const range = need.range === null ? null : readRange(need.range)
    return range !== null && (next === null || !range.includes(next))
  })
}

/** Warns of plugins in use that need this one, which is to be disabled. */
export async function warnOfDisabling(
  { emit }: Pick<PluginSession, 'emit'>,
  store: PluginStore,
  id: string,
): Promise<void> {
  const dependents = (await dependentsOf(store, id)).map((one) => one.id)
  for (const by of new Set(dependents.filter((one) => store.stateOf(one).enabled))) {
    emit({ type: 'warning', message: `${by} needs ${id}, and is enabled` })
  }
}

/** Warns of plugins whose range does not allow the version that is installed now. */
export async function warnOfMisfits(
  { emit }: Pick<PluginSession, 'emit'>,
  store: PluginStore,
  id: string,
): Promise<void> {
  const { version, tag } = store.entry(id)
  for (const { id: by, need } of await misfitsOf(store, id, { version, tag })) {
    const now = oneLine(version ?? tag, 60)
    emit({ type: 'warning', message: `${by} needs ${id} ${need.range}, but it is now ${now}` })
  }
}
