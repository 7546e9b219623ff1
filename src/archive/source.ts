import { closeSync, openSync, readSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pacer } from '../base/async/pacer.js'
import type { Limits } from './limits.js'
import type { UnpackPlan } from './plan.js'

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz'

/** The kind of archive that a file's name says; null if wizard can't unpack it. */
export function archiveKind(name: string): ArchiveKind | null {
  if (/\.zip$/i.test(name)) return 'zip'
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return 'tar.gz'
  return /\.tar$/i.test(name) ? 'tar' : null
}

const zipTypes = new Set(['application/zip', 'application/x-zip', 'application/x-zip-compressed'])
const anyTypes = new Set([null, 'application/octet-stream', 'binary/octet-stream'])

/**
 * Whether a file is a zip archive by its media type, or if that says nothing by its first bytes. A
 * file of another type may begin like one, as a Java archive does.
 */
export function isZip(path: string, mediaType: string | null): boolean {
  if (zipTypes.has(mediaType ?? '')) return true
  return anyTypes.has(mediaType) && beginsLikeZip(path)
}

/** With a member, or the end of an archive without members (APPNOTE 4.3.7 and 4.3.16). */
function beginsLikeZip(path: string): boolean {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(4)
    readSync(fd, bytes, 0, 4, 0)
    return ['504b0304', '504b0506'].includes(bytes.toString('hex'))
  } finally {
    closeSync(fd)
  }
}

export interface SourceOptions {
  /** The archive's name in messages. */
  label: string
  limits?: Limits | undefined
  signal?: AbortSignal | undefined
  /** The name under which a file or folder is unpacked; default: its own. */
  rename?: ((name: string) => string) | undefined
}

/** An archive of any kind, fully checked. */
export interface ArchiveSource {
  readonly label: string
  readonly plan: UnpackPlan
  /**
   * Writes the planned files; their folders must exist.
   *
   * @param count receives the bytes as they are written
   */
  write(dir: string, count: (bytes: number) => void, pacer: Pacer): Promise<void>
  close(): Promise<void>
}

/** A file that is not an archive. It is moved, not copied. @param name already safe */
export const fileSource = (file: string, name: string, size: number): ArchiveSource => ({
  label: name,
  plan: {
    folders: [],
    files: [{ path: name, entry: { name, isFolder: false, isExecutable: false, size } }],
    size,
  },
  async write(dir, count) {
    await rename(file, join(dir, name))
    count(size)
  },
  async close() {},
})
