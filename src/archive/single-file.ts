import { closeSync, openSync, readSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveSource } from './source.js'

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
