import type { CompleterResult } from 'node:readline'
import { createInterface } from 'node:readline'
import { onAbort } from '../../base/async/on-abort.js'
import type { Invocation } from '../../invocation.js'
import type { History } from './history.js'

/**
 * Reads one line. Each has a reader of its own, because the commands between them read the same
 * terminal.
 *
 * @returns null at the end of input
 */
export function readPrompt(invocation: Invocation, { lines }: History): Promise<string | null> {
  const { terminal, signal } = invocation
  const reader = createInterface({
    input: invocation.stdin,
    output: invocation.stderr,
    terminal: true,
    history: [...lines],
    historySize: lines.length + 1,
    completer: (typed: string, done: (error: null, result: CompleterResult) => void) => {
      void completions(invocation, typed).then((result) => done(null, result))
    },
  })
  return new Promise((resolve) => {
    const end = (line: string | null) => {
      release()
      resolve(line)
      reader.close()
    }
    // Of a terminal that was closed; its input ends.
    reader.on('error', () => {})
    const release = onAbort(signal, () => end(null))
    reader.once('line', end)
    reader.once('close', () => end(null))
    // As in a shell: the line is dropped.
    reader.on('SIGINT', () => end(''))
    // After Ctrl-Z and fg, readline has paused the terminal.
    reader.on('SIGCONT', () => reader.prompt(true))
    reader.setPrompt(terminal.err.paint('strong', 'wizard> '))
    reader.prompt()
  })
}

/** The words up to the cursor, of which the last one is completed. */
async function completions(invocation: Invocation, typed: string): Promise<CompleterResult> {
  const words = typed.trimStart().split(/\s+/)
  const last = words.at(-1) ?? ''
  const found = await invocation.completeWords(words)
  const plain = found.filter((word) => /^[\w./@:=!-]+$/.test(word))
  return [
    plain.map((word) => (plain.length === 1 && !word.endsWith('=') ? `${word} ` : word)),
    last,
  ]
}
