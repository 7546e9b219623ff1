import type { BigIntStats } from 'node:fs'
import type { Pacer } from '../../base/async/pacer.js'
import { LfsObjects } from '../lfs/objects.js'
import { readPointer } from '../lfs/pointer.js'
import { Attributes } from '../plumbing/attributes/attributes.js'
import {
  type AttributesPlace,
  attributeSource,
  type FolderReader,
  inStore,
  inWorktree,
} from '../plumbing/attributes/source.js'
import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import type { WorktreeSettings } from '../plumbing/config/worktree-settings.js'
import {
  blobIdOf,
  type Conversion,
  conversionAttributes,
  conversionFor,
  largestConverted,
} from '../plumbing/convert/conversion.js'
import { isTextWithCrlf } from '../plumbing/convert/line-ends.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode } from '../plumbing/objects/parse.js'
import type { Leaf } from '../plumbing/objects/safe-tree.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import type { Folder } from './folder.js'

/** Between the files of a work tree and their blobs. */
export interface Conversions {
  of(path: BytePath): Promise<FileRules>
  /** The content of files whose blob is a pointer. */
  lfs: LfsObjects
}

/** What its attributes say of a file. */
export interface FileRules {
  /** null: the file has the bytes of its blob. */
  conversion: Conversion | null
  /** Whether its blob may be a pointer of Git LFS. */
  isLfs: boolean
}

export interface ConversionsPlace extends AttributesPlace {
  folder: Folder
  settings: WorktreeSettings
  store: ObjectStore
}

/** The blob that the index has at a path; null: none, or no regular file. */
export type IndexLookup = (path: BytePath) => Oid | null

/**
 * For files that are about to be written. As in git, the attributes of the new index count, and where
 * it has none those in the work tree.
 *
 * @param isRemoved whether a file of attributes lies in the work tree now, and is going
 */
export function forCheckout(
  place: ConversionsPlace,
  find: IndexLookup,
  isRemoved: (path: BytePath) => boolean = () => false,
): Conversions {
  const staying = inWorktree(place.folder)
  return conversionsBy(place, [
    inStore(place.store, find),
    (folder) => (isRemoved(joinBytes(folder, '.gitattributes')) ? null : staying(folder)),
  ])
}

/**
 * For files as they lie there. As in git, the attributes in the work tree count, and where it has
 * none those of the index.
 */
export const forCheckin = (place: ConversionsPlace, find: IndexLookup): Conversions =>
  conversionsBy(place, [inWorktree(place.folder), inStore(place.store, find)])

function conversionsBy(place: ConversionsPlace, readers: FolderReader[]): Conversions {
  // Read when the first file asks: most repositories need none for their status.
  let attributes: Attributes | undefined
  return {
    lfs: new LfsObjects(place.gitDir, place.settings.lfsStorage),
    async of(path) {
      attributes ??= new Attributes(attributeSource(place, readers), conversionAttributes)
      const found = await attributes.of(path)
      return {
        conversion: conversionFor(found, place.settings),
        isLfs: found.get('filter') === 'lfs',
      }
    },
  }
}

/** The blobs of a list of entries or leaves, by path. */
export function lookupIn(
  entries: Iterable<Leaf & { path: BytePath; stage?: number }>,
): IndexLookup {
  let blobs: Map<BytePath, Oid> | undefined
  return (path) => {
    // Attributes only: few of many entries.
    blobs ??= new Map([...entries].filter(isAttributesFile).map((entry) => [entry.path, entry.oid]))
    return blobs.get(path) ?? null
  }
}

const isAttributesFile = (entry: Leaf & { path: BytePath; stage?: number }) =>
  entry.path.endsWith('.gitattributes') &&
  (entry.stage ?? 0) === 0 &&
  (entry.mode === fileMode.regular || entry.mode === fileMode.executable)

export interface StoredComparison {
  folder: Folder
  store: ObjectStore
  /** A file is clean if it is so by any of them. */
  conversions: readonly Conversions[]
  pacer: Pacer
}

/** Whether git would store the file or link at a path as this leaf's blob. */
export async function isStoredAs(
  comparison: StoredComparison,
  path: BytePath,
  leaf: Leaf,
  stats: BigIntStats,
): Promise<boolean> {
  const { folder, store, conversions, pacer } = comparison
  const { mode, oid } = leaf
  const isPlain = stats.isFile() && mode !== fileMode.symlink
  for (const one of conversions) {
    const { conversion, isLfs } = isPlain ? await one.of(path) : noRules
    if (isLfs && (await isContentOf(comparison, path, leaf, stats))) return true
    const id =
      conversion === null || stats.size > largestConverted
        ? await folder.hash(path, stats, pacer)
        : await blobIdOf(folder.read(path), conversion, async () =>
            isTextWithCrlf((await store.read(oid)).data),
          )
    if (id === oid) return true
  }
  return false
}

/** Of a symlink, or of what is too large. */
export const noRules: FileRules = { conversion: null, isLfs: false }

/** Whether a file has the content that a pointer names. */
async function isContentOf(
  { folder, store, pacer }: StoredComparison,
  path: BytePath,
  { oid }: Leaf,
  stats: BigIntStats,
): Promise<boolean> {
  const pointer = await readPointer(store, oid)
  if (pointer === null || pointer.isExtended || stats.size !== BigInt(pointer.size)) return false
  return (await folder.hashContent(path, stats, pacer)) === pointer.oid
}
