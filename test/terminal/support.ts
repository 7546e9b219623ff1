import { PassThrough } from 'node:stream'
import type { Environment } from '../../src/base/environment.js'
import { commandLineWords } from '../../src/commands/hints.js'
import { Terminal, type TerminalOptions } from '../../src/terminal/terminal.js'

/** A stream that records its output, as a terminal of that width or as a file. */
export function recorder(columns?: number) {
  const stream = new PassThrough() as PassThrough & { isTTY?: boolean; columns?: number }
  let text = ''
  stream.on('data', (chunk) => {
    text += chunk
  })
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text }
}

/** A terminal and its output. */
export function openTerminal(
  options: Partial<TerminalOptions> = {},
  columns?: number,
  env: Environment = { LANG: 'C.UTF-8' },
) {
  const out = recorder(columns)
  const err = recorder(columns)
  const stdin = new PassThrough() as PassThrough & { isTTY?: boolean }
  if (columns !== undefined) stdin.isTTY = true
  const terminal = new Terminal({
    stdin: () => stdin,
    stdout: out.stream,
    stderr: err.stream,
    env,
    now: Date.now,
    json: false,
    quiet: false,
    verbose: false,
    noColor: false,
    yes: false,
    signal: new AbortController().signal,
    redact: (text) => text.replaceAll('sesame', '***'),
    words: commandLineWords,
    ...options,
  })
  return { terminal, stdin, out: out.text, err: err.text }
}
