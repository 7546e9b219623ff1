import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { type ErrorCode, exitStatus, UsageError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import type { Invocation } from '../../invocation.js'
import { lines, type Page } from '../../terminal/page.js'
import type { FlagSpecs, Flags } from '../flags.js'
import type { PartialFailure } from '../verb.js'
import { readScript, type ScriptLine } from './read.js'
import { withoutSecrets } from './words.js'

/** What one command did; the keys are those of `--json`. */
export interface CommandResult {
  line: number
  /** Without secrets. */
  command: string
  /** null in a dry run. */
  exit: number | null
  /** Its JSON document, with `--json`. */
  result: unknown
  error: { code: string; message: string; hint: string | null } | null
}

export interface ScriptResult {
  name: string
  commands: CommandResult[]
  isDry: boolean
}

export const scriptFlags = {
  'keep-going': { type: 'boolean', summary: 'continue after a failure' },
  'dry-run': { type: 'boolean', summary: 'check all commands and show them' },
} as const satisfies FlagSpecs

/**
 * @param file a path; `-`: standard input
 * @param isEnd whether a line ends the script before its end
 * @throws UsageError before anything has run
 */
export async function runScript(
  invocation: Invocation,
  file: string,
  flags: Flags<typeof scriptFlags>,
  isEnd: (line: string) => boolean = () => false,
): Promise<ScriptResult> {
  const name = file === '-' ? 'stdin' : basename(file)
  const source = await readSource(invocation, file)
  const script = await readScript(invocation, { name, text: source, isEnd })
  const isDry = flags['dry-run']
  const commands = isDry
    ? script.map((line) => resultOf(invocation, line))
    : await runAll(invocation, script, flags['keep-going'])
  return { name, commands, isDry }
}

/** How SCRIPT and SHELL show what was done. */
export const scriptOutput = {
  json: ({ commands }: ScriptResult) => commands,
  render: ({ commands, isDry }: ScriptResult): Page =>
    isDry ? lines(...commands.map(({ command }) => command)) : { kind: 'nothing' },
  partialFailure: firstFailure,
}

/** @throws UsageError if it can't be read */
async function readSource({ cwd, stdin }: Invocation, file: string): Promise<string> {
  if (file === '-') return text(stdin)
  try {
    const bytes = await readFile(resolve(cwd, file))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const why = cause instanceof TypeError ? 'it is not UTF-8' : reasonOf(cause)
    throw new UsageError(`${file} can't be read: ${why}`, { cause })
  }
}

/** One after another, up to the first failure. */
async function runAll(
  invocation: Invocation,
  script: ScriptLine[],
  keepsGoing: boolean,
): Promise<CommandResult[]> {
  const results: CommandResult[] = []
  for (const line of script) {
    const result = await runOne(invocation, line)
    results.push(result)
    if (result.exit !== 0 && !keepsGoing) break
    if (invocation.signal.aborted) break
  }
  return results
}

async function runOne(invocation: Invocation, line: ScriptLine): Promise<CommandResult> {
  const base = resultOf(invocation, line)
  if (!invocation.globals.json) {
    return { ...base, exit: await invocation.runThrough(line.argv) }
  }
  const { status, json, error } = await invocation.runCommand(line.argv, invocation.signal)
  return { ...base, exit: status, result: json ?? null, error }
}

const resultOf = ({ app }: Invocation, { line, shown }: ScriptLine): CommandResult => ({
  line,
  command: withoutSecrets(app.redactor(shown)),
  exit: null,
  result: null,
  error: null,
})

/** The status of the first command that failed is that of the script. */
function firstFailure({ name, commands }: ScriptResult): PartialFailure | null {
  const failed = commands.find(({ exit }) => exit !== null && exit !== 0)
  if (failed === undefined) return null
  const { line, command, exit, error } = failed
  const others = commands.filter((one) => one.exit !== 0).length - 1
  const more = others > 0 ? `, and ${others} more failed` : ''
  return {
    code: (error?.code as ErrorCode | undefined) ?? codeOf(exit ?? 1),
    message: `${name}:${line}: ${command} failed with exit status ${exit}${more}`,
  }
}

const codeOf = (status: number): ErrorCode =>
  (Object.keys(exitStatus) as ErrorCode[]).find((code) => exitStatus[code] === status) ?? 'FAILED'
