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
import { globalFlags } from './commands/flags.js'
import { type Command, readCommand } from './commands/grammar.js'
import { nouns } from './commands/index.js'
import { Invocation, type Io } from './invocation.js'
import { lines, type Page } from './terminal/page.js'
import { version } from './version.js'

/**
 * Runs one command, from its words to its exit status: the only catch, and the only place that
 * turns an error into a status. It leaves nothing behind, so one process can run any number of
 * commands, one after another or side by side.
 */
export async function run(argv: string[], io: Io, app: Application): Promise<number> {
  // Until argv is parsed, the word `--json` in it decides the format of an error.
  let invocation = new Invocation(app, io, { ...noFlags, json: argv.includes('--json') })
  try {
    const command = await readCommand(nouns, argv)
    if (command.kind !== 'run') {
      await invocation.terminal.showPage(await pageOf(command))
      return 0
    }
    const { parseCommand } = await import('./commands/parse.js')
    const parsed = parseCommand(command.noun, command.verb, command.argv)
    invocation.close()
    invocation = new Invocation(app, io, parsed.globals)
    return await perform(invocation, command, parsed)
  } catch (error) {
    const cause = causeOf(error, invocation.signal)
    invocation.terminal.showError(cause)
    return statusOf(cause)
  } finally {
    invocation.close()
  }
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
  { args, flags }: { args: string[]; flags: Record<string, unknown> },
): Promise<number> {
  const { terminal, signal } = invocation
  const { json, page, partialFailure, outputs } = await verb.run(invocation, args, flags)
  if (invocation.globals.json) terminal.showJson(json)
  else await terminal.showPage(page)
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

async function pageOf(command: Exclude<Command, { kind: 'run' }>): Promise<Page> {
  if (command.kind === 'version') return lines(version)
  const help = await import('./commands/help.js')
  if (!command.noun) return lines(...(await help.helpOfAll(nouns)))
  if (command.verb) return lines(...help.helpOfVerb(command.noun, command.verb))
  return lines(...help.helpOfNoun(command.noun, await command.noun.load()))
}

function statusOf(error: unknown): number {
  if (error instanceof InterruptedError) return signalStatus(error.signal)
  return exitStatus[explainError(error).code]
}

/** The shell's convention: 130, 143, 129. */
export const signalStatus = (signal: EndingSignal): number => 128 + constants.signals[signal]
