import type { Readable } from 'node:stream'

/** Characters; a longer line is given in parts, so that output without line ends does not fill memory. */
const longestLine = 1024 * 1024
/** As in a terminal, a lone CR ends a line; one at the end may still be followed by LF. */
const lineEnd = /\r?\n|\r(?!$)/

/**
 * Reads a command's output as UTF-8, and gives the lines of each chunk together, in the turn in which
 * the chunk is read: whoever writes them at once loses none if wizard is killed.
 *
 * @returns when the output has ended, or was closed
 */
export function readLines(
  input: Readable,
  onLines: (lines: readonly string[]) => void,
): Promise<void> {
  let rest = ''
  input.setEncoding('utf8').on('data', (chunk: string) => {
    const isHeld = rest.endsWith('\r')
    const [first = '', ...others] = `${isHeld ? '\r' : ''}${chunk}`.split(lineEnd)
    const lines = [`${isHeld ? rest.slice(0, -1) : rest}${first}`, ...others]
    rest = lines.pop() ?? ''
    while (rest.length > longestLine) {
      const end = cutOf(rest)
      lines.push(rest.slice(0, end))
      rest = rest.slice(end)
    }
    if (lines.length > 0) onLines(lines)
  })
  return new Promise((resolve) => {
    input.once('close', () => {
      if (rest !== '') onLines([rest.replace(/\r$/, '')])
      resolve()
    })
  })
}

/** Behind a space if there is one, because no secret to hide has one. */
const cutOf = (text: string) => text.lastIndexOf(' ', longestLine - 1) + 1 || longestLine
