import { constants } from 'node:os'
import type { Application } from './app.js'
import {
  type EndingSignal,
  exitStatus,
  InterruptedError,
  WizardError,
  withRemedy,
} from './base/errors.js'
import { explainError } from './base/fs/system-error.js'
import { type GlobalFlags, globalFlags } from './commands/flags.js'
import { type Command, readCommand } from './commands/grammar.js'
import { nouns } from './commands/index.js'
import type { Parsed } from './commands/verb.js'
import { Invocation, type Io, type RunInside } from './invocation.js'
import { lines } from './terminal/page.js'
import { version } from './version.js'
import type { CommandEnd } from './webhooks/runs/end.js'

/**
 * Runs one command, from its words to its exit status: the only place that catches every error and
 * turns it into a status. It leaves nothing behind, so one process can run any number of
 * commands, one after another or side by side.
 */
export async function run(argv: string[], io: Io, app: Application): Promise<number> {
  // Until argv is parsed, the word `--json` in it decides the format of an error.
  let invocation = new Invocation(app, io, { ...noFlags, json: argv.includes('--json') }, runInside)
  try {
    const command = await readCommand(nouns, argv)
    if (command.kind === 'help' || command.kind === 'version') {
      await showHelp(invocation, command)
      return 0
    }
    const { parseCommand, parseGlobals } = await import('./commands/parse.js')
    if (command.kind === 'greeting') {
      const globals = parseGlobals(command.argv)
      invocation.close()
      invocation = new Invocation(app, io, globals, runInside)
      await showHelp(invocation, command)
      return 0
    }
    const parsed = parseCommand(command.noun, command.verb, command.argv)
    invocation.close()
    invocation = new Invocation(app, io, parsed.globals, runInside)
    return await perform(invocation, command, parsed)
  } catch (error) {
    const cause = causeOf(error, invocation.signal)
    invocation.terminal.showError(cause)
    return statusOf(cause)
  } finally {
    invocation.close()
  }
}

const runInside: RunInside = {
  captured: ({ app, globals }, argv, signal) =>
    runCaptured([...placeOf(globals), ...argv], app, signal),
  through: ({ app, globals }, argv, io) =>
    run([...placeOf(globals), ...mannerOf(globals), ...argv], io, app),
  async complete({ app, globals }, words) {
    const { wordsAtPrompt } = await import('./commands/completion/answer.js')
    return wordsAtPrompt([...placeOf(globals), ...words], app.host)
  },
  async check(argv) {
    const command = await readCommand(nouns, argv)
    if (command.kind !== 'run') return null
    const { parseCommand } = await import('./commands/parse.js')
    parseCommand(command.noun, command.verb, command.argv)
    return command.noun.name
  },
}

/** The same configuration and root. */
const placeOf = (globals: GlobalFlags): string[] =>
  (['config', 'root'] as const).flatMap((name) => {
    const value = globals[name]
    return value === undefined ? [] : [`--${name}=${value}`]
  })

const mannerOf = (globals: GlobalFlags): string[] =>
  (['quiet', 'verbose', 'no-color', 'yes'] as const).flatMap((name) =>
    globals[name] ? [`--${name}`] : [],
  )

/** Runs a command whose documents are data, and whose progress is its output. Never throws. */
export async function runCaptured(
  argv: string[],
  app: Application,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const { captureStreams } = await import('./terminal/capture.js')
  const streams = captureStreams()
  const status = await run(['--json', ...argv], { ...streams, signal }, app)
  const output = streams.err()
  return {
    status,
    json: documentIn(streams.out()),
    error: errorIn(output),
    output: Buffer.from(output),
  }
}

function documentIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The error's document is the last line that a command prints. */
function errorIn(text: string): CommandEnd['error'] {
  const last = text.split('\n').findLast((line) => line.startsWith('{"error":'))
  const document = documentIn(last ?? '') as { error: CommandEnd['error'] } | undefined
  if (!document?.error) return null
  const { code, message, hint } = document.error
  return { code, message, hint }
}

/** Why a command was stopped, with the remedies that were added on the way up; or its own failure. */
function causeOf(error: unknown, { aborted, reason }: AbortSignal): unknown {
  if (!aborted) return error
  const isReason = error instanceof WizardError && error.code === reason?.code
  return isReason ? error : reason
}

const noFlags = parseNothing()

function parseNothing(): Invocation['globals'] {
  const entries = Object.entries(globalFlags).map(([name, { type }]) => [
    name,
    type === 'boolean' ? false : undefined,
  ])
  return Object.fromEntries(entries)
}

async function perform(
  invocation: Invocation,
  { verb }: Extract<Command, { kind: 'run' }>,
  parsed: Parsed,
): Promise<number> {
  const { terminal, signal } = invocation
  const { json, page, isLong, partialFailure, outputs } = await verb.run(invocation, parsed)
  if (invocation.globals.json && json !== undefined) terminal.showJson(json)
  if (!invocation.globals.json) await terminal.showPage(page, { isLong })
  await terminal.writeActionsOutputs(page, outputs)
  if (!partialFailure) return 0
  // An interrupt is the cause of everything that is missing in the result, so it is the error to
  // report, with the remedy that the verb knows.
  if (signal.aborted && partialFailure.code !== 'TIMEOUT') {
    const { code, hint, remedy = hint } = partialFailure
    throw code === signal.reason?.code && remedy ? withRemedy(signal.reason, remedy) : signal.reason
  }
  terminal.showPartialFailure(partialFailure)
  return exitStatus[partialFailure.code]
}

async function showHelp(
  invocation: Invocation,
  command: Exclude<Command, { kind: 'run' }>,
): Promise<void> {
  const { terminal, globals } = invocation
  if (command.kind === 'version') {
    return globals.json ? terminal.showJson({ version }) : terminal.showPage(lines(version))
  }
  const manual = await import('./commands/manual/index.js')
  if (globals.json) terminal.showJson(await manual.helpData(nouns, command))
  else await terminal.showPage(lines(...(await manual.helpLines(nouns, command, invocation))))
}

function statusOf(error: unknown): number {
  if (error instanceof InterruptedError) return signalStatus(error.signal)
  return exitStatus[explainError(error).code]
}

/** The shell's convention: 130, 143, 129. */
export const signalStatus = (signal: EndingSignal): number => 128 + constants.signals[signal]
