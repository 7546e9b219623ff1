import { readdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ConflictError, PathError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import { fullNameOf } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { manifestNames, parseManifest } from '../manifest/parse.js'
import { isRecord, type Json } from '../manifest/reader.js'
import type { Signer } from '../manifest/signature.js'
import type { PluginSession } from '../session.js'
import type { LockEntry } from '../store/lock-file.js'
import type { PluginStore } from '../store/store.js'
import { type Taken, takeAsset, takeTree } from './fetch-files.js'
import type { PluginVersion } from './resolve.js'
import { type ChosenAsset, foreignMethods } from './select-asset.js'

/** A version that is completely built, out of sight. */
export interface Staged {
  id: string
  /** Its folder in `staging`. */
  work: string
  entry: LockEntry
}

export interface StageRequest {
  version: PluginVersion
  /** null: the repository's own files. */
  chosen: ChosenAsset | null
  signer: Signer | null
  /** The lock's checksum for this tag; null: none. */
  sha256: string | null
}

/**
 * Fetches and checks a version's files, including its manifest.
 *
 * @throws ConflictError for unexpected bytes, id or commit; PathError for what is refused
 */
export async function stage(
  session: PluginSession,
  store: PluginStore,
  { version, chosen, signer, sha256 }: StageRequest,
): Promise<Staged> {
  const { manifest, tag, commit } = version
  const { work, tree } = await store.newTree(manifest.id)
  const folder = join(store.paths.staging, work)
  const taken = await take(session, { version, chosen, sha256 }, { work: folder, tree })
  if (chosen !== null) await settleManifest(version, tree, signer)
  const notes = [...foreignNotes(version), ...checksumNote(version, chosen), ...taken.notes]
  // A manifest's oddities can wait for --verbose; what is not installed can't.
  for (const note of notes) session.emit({ type: 'warning', message: `${manifest.id}: ${note}` })
  const entry: LockEntry = {
    repo: fullNameOf(version),
    repository_id: version.repositoryId,
    version: manifest.version,
    tag,
    template: version.template,
    commit,
    source: chosen === null ? 'tree' : 'asset',
    asset: chosen?.asset.name ?? null,
    address: taken.address,
    sha256: taken.sha256,
    size: taken.size,
    installed_at: new Date(session.clock.now()).toISOString(),
    signed_by: signer,
    signed_whole: isSignedWhole(chosen, signer),
    name: manifest.name,
    description: manifest.description,
    category: manifest.category,
    license: manifest.license,
    warnings: [...manifest.warnings, ...notes],
  }
  return { id: manifest.id, work, entry }
}

async function take(
  session: PluginSession,
  { version, chosen, sha256 }: Pick<StageRequest, 'version' | 'chosen' | 'sha256'>,
  place: { work: string; tree: string },
): Promise<Taken & { notes: string[] }> {
  if (chosen === null) {
    const { warnings, ...taken } = await takeTree(session, version, sha256, place.tree)
    return { ...taken, notes: warnings.map((one) => gitNotes[one]) }
  }
  const expected = { checksum: chosen.checksum, sha256 }
  const taken = await takeAsset(session, { ...version, asset: chosen.asset }, expected, place)
  return { ...taken, notes: [] }
}

const gitNotes = {
  lfs: 'some files of Git LFS are pointers here',
  'lfs-host': 'its .lfsconfig names another server for Git LFS',
  submodules: 'its submodules are empty folders here',
  filter: 'filters other than Git LFS are not applied',
  encoding: 'an encoding is unknown, so its files stay as in the repository',
  renamed: 'its repository has a new name',
}

/** What other programs have to install: packages, containers. */
function foreignNotes({ manifest: { installation, raw } }: PluginVersion): string[] {
  const { method } = installation
  const notes = foreignMethods.has(method ?? '')
    ? [`installation.method: what it needs from ${method} is not installed`]
    : []
  const { dependencies } = raw
  if (!isRecord(dependencies)) return notes
  const { plugins: _, ...others } = dependencies
  const needed = Object.entries(others).filter(([, value]) => namesSomething(value))
  const names = needed.map(([key]) => oneLine(key, 60)).slice(0, 5)
  return [...notes, ...names.map((name) => `dependencies.${name}: wizard does not install these`)]
}

const namesSomething = (value: unknown): boolean =>
  typeof value === 'string' ? value !== '' : Object.keys(value ?? {}).length > 0

/** A checksum in the signed manifest covers each byte of the asset. */
export const isSignedWhole = (chosen: ChosenAsset | null, signer: Signer | null): boolean =>
  signer !== null && chosen !== null && chosen.checksum !== null

function checksumNote({ manifest }: PluginVersion, chosen: ChosenAsset | null): string[] {
  if (chosen === null || chosen.checksum !== null) return []
  const { checksums } = manifest.installation
  return checksums.size === 0
    ? []
    : [`installation.checksums: none for ${oneLine(chosen.asset.name, 100)}`]
}

/**
 * Unwraps an archive's single folder, and adds the tag's manifest if the archive has none, or if it
 * is signed: it is what was checked.
 *
 * @throws ConflictError if the archive's own manifest is another one
 */
async function settleManifest(
  { manifest, file, repo }: PluginVersion,
  tree: string,
  signer: Signer | null,
): Promise<void> {
  await leaveOffTop(tree)
  let own = false
  for (const name of manifestNames) {
    const text = await textAt(join(tree, name))
    if (text === null) continue
    const inside = parseManifest(text, `${repo}: ${name} in the archive`, manifest.id)
    if (inside.id !== manifest.id) {
      throw new ConflictError(`the archive of ${manifest.id} contains ${oneLine(inside.id, 60)}`, {
        hint: 'the release is wrong: ask its author',
      })
    }
    if (signer !== null && !isDeepStrictEqual(signable(inside.raw), signable(manifest.raw))) {
      throw new ConflictError(
        `${name} in the archive of ${manifest.id} differs from the signed manifest`,
        { hint: 'the release is wrong or was changed: ask its author' },
      )
    }
    if (signer !== null) await writeFile(join(tree, name), file.text)
    own = true
  }
  if (!own) await writeFile(join(tree, file.name), file.text)
}

/** An archive can't hold its own checksum, nor a signature over that. */
const signable = ({ signature: _, installation: __, ...manifest }: Json): Json => manifest

async function leaveOffTop(tree: string): Promise<void> {
  const [only, ...others] = await readdir(tree, { withFileTypes: true })
  if (only === undefined || others.length > 0 || !only.isDirectory()) return
  const aside = `${tree}.top`
  await rename(join(tree, only.name), aside)
  await rmdir(tree)
  await rename(aside, tree)
}

async function textAt(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw new PathError(`${basename(path)} in the archive can't be read`, { cause: error })
  }
}
