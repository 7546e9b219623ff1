import { plainText } from '../text.js'

export interface LineOptions {
  /** True where colours may stay, as on a terminal. */
  colours?: boolean | undefined
}

/** A line that never ends is cut into lines, so that memory does not grow with it. */
const longestLine = 64 * 1024
/** Characters that are given at a time. */
const pieceSize = 64 * 1024

/**
 * Bytes of a log as whole lines, each made safe by itself: a sequence that is not closed takes no other line with it.
 * A last line without an end gets one.
 */
export async function* textOf(
  bytes: AsyncIterable<Buffer | string>,
  { colours = false }: LineOptions = {},
): AsyncGenerator<string> {
  let piece = ''
  for await (const line of linesOf(bytes)) {
    piece += `${plainText(line, { colours })}\n`
    if (piece.length < pieceSize) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** The lines without their ends. */
export async function* linesOf(bytes: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of bytes) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield* shortened(line)
    while (rest.length > longestLine) {
      yield rest.slice(0, longestLine)
      rest = rest.slice(longestLine)
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

function* shortened(line: string): Generator<string> {
  if (line.length <= longestLine) return yield line
  for (let at = 0; at < line.length; at += longestLine) yield line.slice(at, at + longestLine)
}
