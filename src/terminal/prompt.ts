import type { Readable, Writable } from 'node:stream'
import { InterruptedError } from '../base/errors.js'

/** Only a clear yes counts. Any other answer, and the end of input, is no. */
export const askYesNo = async (...asked: Parameters<typeof askText>): Promise<boolean> =>
  /^y(es)?$/i.test(await askText(...asked))

/** Asks on stderr. @returns the trimmed answer; empty at the end of input */
export async function askText(
  input: Readable,
  output: Writable,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const reader = createInterface({ input, output })
  // Of a terminal that was closed; its input ends.
  reader.on('error', () => {})
  try {
    const ended = new Promise<string>((resolve, reject) => {
      reader.once('close', () => resolve(''))
      // After Ctrl-Z and fg, readline has paused the terminal.
      reader.on('SIGCONT', () => reader.prompt(true))
      // In raw mode Ctrl-C is a key and sends no signal.
      reader.once('SIGINT', () => reject(new InterruptedError('SIGINT')))
    })
    return (await Promise.race([reader.question(`${question} `, { signal }), ended])).trim()
  } catch (error) {
    // The error is not on the question's line.
    output.write('\n')
    throw error
  } finally {
    reader.close()
  }
}
