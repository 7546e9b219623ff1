/** What a pointer file says of the content that Git LFS keeps elsewhere. */
export interface LfsPointer {
  /** The content's SHA-256, 64 hexadecimal digits. */
  oid: string
  /** Bytes. */
  size: number
  /** Whether an extension of git-lfs made the content: it is not what the file has. */
  isExtended: boolean
}

/** In bytes. As for git-lfs, a longer file is content. */
export const longestPointer = 1024

/** Current, and from before Git LFS had its name. */
const versions = new Set([
  'https://git-lfs.github.com/spec/v1',
  'https://hawser.github.com/spec/v1',
  'http://git-media.io/v/2',
])

/**
 * Reads a pointer file as git-lfs does: it may have other line ends and empty lines.
 *
 * @returns null if it is not a pointer
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */
export function parsePointer(data: Uint8Array): LfsPointer | null {
  if (data.length > longestPointer) return null
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1').trim()
  const all = text.split(/\r?\n/).filter((line) => line !== '')
  const lines = all.filter((line) => !/^ext-\d-\w+ /.test(line))
  const [version, oid, size] = ['version', 'oid', 'size'].map((key, at) =>
    textAfter(lines[at], key),
  )
  if (lines.length !== 3 || version === undefined || !versions.has(version)) return null
  const [, digest] = /^sha256:([0-9a-f]{64})$/.exec(oid ?? '') ?? []
  if (digest === undefined || !/^\d{1,19}$/.test(size ?? '')) return null
  return { oid: digest, size: Number(size), isExtended: lines.length < all.length }
}

/** The pointer as git-lfs writes it. */
export const formatPointer = ({ oid, size }: Pick<LfsPointer, 'oid' | 'size'>): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`

const textAfter = (line: string | undefined, key: string) =>
  line?.startsWith(`${key} `) ? line.slice(key.length + 1) : undefined
