import { isUtf8 } from 'node:buffer'
import type { Invocation } from '../invocation.js'
import type { FlagSpecs } from './flags.js'

/** For output that can be large, where a program or an agent reads it. */
export const maxBytesFlag = {
  'max-bytes': {
    type: 'integer',
    value: 'N',
    min: 1,
    summary: 'at most N bytes of it; says how many are left out',
  },
} as const satisfies FlagSpecs

/** Text or bytes, of which some may be left out. */
export interface Bounded<T> {
  content: T
  /** Bytes. */
  omitted: number
}

/** The document of a file, a log or notes. */
export interface ContentDocument {
  content: string
  encoding: 'utf-8' | 'base64'
  /** Only if `--max-bytes` left something out. */
  truncated?: true
}

/** Bytes that are not UTF-8 are written in base64. */
export function contentOf(bytes: Uint8Array, omitted = 0): ContentDocument {
  const encoding = isUtf8(bytes) ? 'utf-8' : 'base64'
  const content = Buffer.from(bytes).toString(encoding === 'utf-8' ? 'utf8' : 'base64')
  return { content, encoding, ...(omitted > 0 && { truncated: true }) }
}

/** The start of bytes, up to the end of a line if it has lines, or of a character. */
export function firstBytes(bytes: Buffer, most = Number.POSITIVE_INFINITY): Bounded<Buffer> {
  if (bytes.length <= most) return { content: bytes, omitted: 0 }
  const line = bytes.lastIndexOf(0x0a, most - 1) + 1
  let end = line > 0 ? line : most
  while (end > 0 && isContinuation(bytes[end])) end--
  return { content: bytes.subarray(0, end), omitted: bytes.length - end }
}

/** The end of a text that comes in pieces, from the start of a line; memory stays small. */
export async function lastBytes(
  chunks: AsyncIterable<string>,
  most = Number.POSITIVE_INFINITY,
): Promise<Bounded<string>> {
  const kept: Buffer[] = []
  let size = 0
  let omitted = 0
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk)
    kept.push(bytes)
    size += bytes.length
    for (let [first] = kept; first && size - first.length > most; [first] = kept) {
      kept.shift()
      size -= first.length
      omitted += first.length
    }
  }
  const all = Buffer.concat(kept)
  if (all.length <= most) return { content: all.toString(), omitted }
  const from = startOf(all, all.length - most)
  return { content: all.subarray(from).toString(), omitted: omitted + from }
}

/** The next line's start, where there is one; otherwise the next character's. */
function startOf(bytes: Buffer, at: number): number {
  const line = bytes.indexOf(0x0a, at - 1) + 1
  if (line > 0 && line < bytes.length) return line
  let from = at
  while (isContinuation(bytes[from])) from++
  return from
}

/** Of a character in UTF-8. */
const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80

/** Says on stderr what is not on stdout. */
export function noteOmitted({ terminal }: Invocation, omitted: number, where: 'first' | 'last') {
  if (omitted === 0) return
  const bytes = omitted === 1 ? '1 byte' : `${omitted} bytes`
  terminal.note(`showing the ${where} part; ${bytes} omitted (--max-bytes)`)
}
