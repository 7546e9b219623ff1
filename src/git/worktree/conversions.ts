import type { BigIntStats } from 'node:fs'
import type { Pacer } from '../../base/async/pacer.js'
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
  /** null: the file has the bytes of its blob. */
  of(path: BytePath): Promise<Conversion | null>
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
    async of(path) {
      attributes ??= new Attributes(attributeSource(place, readers), conversionAttributes)
      return conversionFor(await attributes.of(path), place.settings)
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
  { folder, store, conversions, pacer }: StoredComparison,
  path: BytePath,
  { mode, oid }: Leaf,
  stats: BigIntStats,
): Promise<boolean> {
  for (const one of conversions) {
    const isConverted =
      stats.isFile() && mode !== fileMode.symlink && stats.size <= largestConverted
    const conversion = isConverted ? await one.of(path) : null
    const id =
      conversion === null
        ? await folder.hash(path, stats, pacer)
        : await blobIdOf(folder.read(path), conversion, async () =>
            isTextWithCrlf((await store.read(oid)).data),
          )
    if (id === oid) return true
  }
  return false
}
