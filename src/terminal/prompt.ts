import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { InterruptedError } from '../core/errors.js'

/** Asks on stderr; only a clear yes is one. An end of input, as any other answer, is no. */
export async function askYesNo(
  input: Readable,
  output: Writable,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  const reader = createInterface({ input, output })
  try {
    const ended = new Promise<string>((resolve, reject) => {
      reader.once('close', () => resolve(''))
      // In raw mode Ctrl-C is a key, and no signal comes.
      reader.once('SIGINT', () => reject(new InterruptedError('SIGINT')))
    })
    const answer = await Promise.race([reader.question(`${question} [y/N] `, { signal }), ended])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    reader.close()
  }
}
