import { UsageError, WizardError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { isSecretName, quoteWords, splitWords } from './words.js'

/** One command of a script. */
export interface ScriptLine {
  /** From 1. */
  line: number
  argv: string[]
  /** The command as it may be shown: without secrets. */
  shown: string
}

/** What reading a command needs. */
export type CommandReader = Pick<Invocation, 'app' | 'env' | 'checkCommand'>

/** They would run a script inside a script. */
const outside = ['script', 'shell']

interface Script {
  /** For messages. */
  name: string
  text: string
  /** Whether a line ends the script before its end. */
  isEnd(line: string): boolean
}

/**
 * Reads a whole script: one command a line; a backslash at its end continues a line.
 *
 * @throws UsageError with `file:line` for the first line that can't be run
 */
export async function readScript(
  reader: CommandReader,
  { name, text, isEnd }: Script,
): Promise<ScriptLine[]> {
  const lines: ScriptLine[] = []
  for (const { line, content } of joinedLines(text, name)) {
    if (isEnd(content)) break
    try {
      const command = await readLine(reader, content)
      if (command !== null) lines.push({ line, ...command })
    } catch (error) {
      if (!(error instanceof WizardError)) throw error
      throw new UsageError(`${name}:${line}: ${error.message}`, {
        hint: error.hint,
        cause: error,
      })
    }
  }
  return lines
}

/** @returns null for an empty line. @throws UsageError if it can't be run */
export async function readLine(
  reader: CommandReader,
  content: string,
  refused = outside,
): Promise<Omit<ScriptLine, 'line'> | null> {
  const words = splitWords(content, (variable) => {
    const value = reader.env[variable]
    if (value !== undefined && isSecretName(variable)) reader.app.redactor.add(value)
    if (value !== undefined) return value
    throw new UsageError(`${variable} is not set`, {
      hint: 'set it in the environment; for a dollar sign write $$',
    })
  })
  // What one types in a shell.
  if (words.length > 1 && words[0]?.text === 'wizard') words.shift()
  if (words.length === 0) return null
  const argv = words.map((word) => word.text)
  const noun = await reader.checkCommand(argv)
  if (noun !== null && refused.includes(noun)) {
    throw new UsageError(`${noun.toUpperCase()} can't run inside a script or shell`)
  }
  return { argv, shown: quoteWords(words.map((word) => word.shown)) }
}

function joinedLines(text: string, name: string): { line: number; content: string }[] {
  const joined: { line: number; content: string }[] = []
  let open: { line: number; content: string } | null = null
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (raw.includes('\0')) {
      throw new UsageError(`${name}:${index + 1}: not text: ${oneLine(raw, 40)}`)
    }
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(raw) && !/^\s*#/.test(raw)
    const content: string = (open?.content ?? '') + (isContinued ? raw.slice(0, -1) : raw)
    const line: number = open?.line ?? index + 1
    open = isContinued ? { line, content } : null
    if (open === null) joined.push({ line, content })
  }
  return open === null ? joined : [...joined, open]
}
