/** How the line ends of a file are converted. */
export interface LineEnds {
  /** Whether git first looks whether the content is text. */
  isGuessed: boolean
  /** What text has in the work tree; in the repository it has LF. */
  inWorktree: 'lf' | 'crlf'
  /** Whether git writes the file while it reads the blob. */
  isStreamed: boolean
}

const [lf, cr] = [0x0a, 0x0d]

/** CRLF for LF, where git writes that. @returns the same buffer if nothing changes */
export function withCrlf(data: Buffer, { isGuessed, inWorktree }: LineEnds): Buffer {
  if (inWorktree === 'lf') return data
  const found = examine(data)
  if (found.loneLf === 0) return data
  // A guess leaves a file alone that has any CR, so that it stays as it is for everybody.
  if (isGuessed && (found.loneCr > 0 || found.crlf > 0 || isBinary(found))) return data
  const converted = Buffer.allocUnsafe(data.length + found.loneLf)
  let [from, to] = [0, 0]
  for (let at = data.indexOf(lf); at !== -1; at = data.indexOf(lf, at + 1)) {
    if (data[at - 1] === cr) continue
    to += data.copy(converted, to, from, at)
    converted[to++] = cr
    from = at
  }
  data.copy(converted, to, from)
  return converted
}

/**
 * LF for CRLF, as git stores it.
 *
 * @param isStoredWithCrlf whether the blob in the index has CRLF and is text: a guess leaves such a
 *   file as it is
 * @returns the same buffer if nothing changes
 */
export async function withLf(
  data: Buffer,
  { isGuessed }: LineEnds,
  isStoredWithCrlf: () => Promise<boolean>,
): Promise<Buffer> {
  const first = data.indexOf('\r\n')
  if (first === -1) return data
  if (isGuessed && (isBinary(examine(data)) || (await isStoredWithCrlf()))) return data
  const converted = Buffer.allocUnsafe(data.length)
  let [from, to] = [0, 0]
  for (let at = first; at !== -1; at = data.indexOf('\r\n', at + 1)) {
    to += data.copy(converted, to, from, at)
    from = at + 1
  }
  to += data.copy(converted, to, from)
  return converted.subarray(0, to)
}

/** Whether content is text with a CRLF in it. */
export function isTextWithCrlf(data: Buffer): boolean {
  if (!data.includes(cr)) return false
  const found = examine(data)
  return found.crlf > 0 && !isBinary(found)
}

interface Examined {
  crlf: number
  loneCr: number
  loneLf: number
  hasNul: boolean
  printable: number
  unprintable: number
}

/** Backspace, tab, form feed and escape count as printable. */
const isPrintable = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number([0x08, 0x09, 0x0c, 0x1b].includes(byte) || (byte >= 0x20 && byte !== 0x7f)),
)

function examine(data: Buffer): Examined {
  const found = { crlf: 0, loneCr: 0, loneLf: 0, hasNul: false, printable: 0, unprintable: 0 }
  const { length } = data
  for (let at = 0; at < length; at++) {
    const byte = data[at] as number
    if (isPrintable[byte] === 1) found.printable++
    else if (byte === lf) found.loneLf++
    else if (byte === cr && data[at + 1] === lf) {
      found.crlf++
      at++
    } else if (byte === cr) found.loneCr++
    else {
      found.unprintable++
      if (byte === 0) found.hasNul = true
    }
  }
  // DOS ends a text with it.
  if (data[length - 1] === 0x1a) found.unprintable--
  return found
}

/** As git judges it: a NUL, a CR without LF, or too much that nobody can read. */
const isBinary = ({ loneCr, hasNul, printable, unprintable }: Examined) =>
  loneCr > 0 || hasNul || printable >>> 7 < unprintable
