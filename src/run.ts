import { constants } from 'node:os'
import {
  type EndingSignal,
  exitStatus,
  InterruptedError,
  TimeoutError,
  WizardError,
} from './base/errors.js'
import { globalFlags } from './commands/global-flags.js'
import { type Command, readCommand } from './commands/grammar.js'
import { nouns } from './commands/index.js'
import { Context } from './context.js'
import { lines, type Page } from './terminal/page.js'
import { version } from './version.js'

/** The only catch, and the only place where an error becomes an exit status. */
export async function run(process: NodeJS.Process): Promise<number> {
  const stop = new AbortController()
  const release = stopOnSignals(process, stop)
  const argv = process.argv.slice(2)
  // Until argv is parsed, the shape of an error is told by the bare word.
  let context = new Context(process, stop, { ...noFlags, json: argv.includes('--json') })
  try {
    const command = await readCommand(nouns, argv)
    if (command.kind !== 'run') {
      await context.terminal.showPage(await pageOf(command))
      return 0
    }
    const { parseInvocation } = await import('./commands/parse.js')
    const invocation = parseInvocation(command.noun, command.verb, command.argv)
    context = new Context(process, stop, invocation.globals)
    return await perform(context, command, invocation)
  } catch (error) {
    const cause = stop.signal.aborted ? stop.signal.reason : error
    context.terminal.showError(cause)
    return statusOf(cause)
  } finally {
    await context.close()
    release()
  }
}

const noFlags = parseNothing()

function parseNothing(): Context['globals'] {
  const entries = Object.entries(globalFlags).map(([name, { type }]) => [
    name,
    type === 'boolean' ? false : undefined,
  ])
  return Object.fromEntries(entries)
}

async function perform(
  context: Context,
  { verb }: Extract<Command, { kind: 'run' }>,
  { args, flags }: { args: string[]; flags: Record<string, unknown> },
): Promise<number> {
  const { json, page, shortfall, outputs } = await verb.run(context, args, flags)
  if (context.globals.json) context.terminal.showJson(json)
  else await context.terminal.showPage(page)
  await context.terminal.handOn(page, outputs)
  if (!shortfall) return 0
  // What stopped it half-way is the cause of all that is missing in the result.
  if (context.signal.aborted && shortfall.code !== 'TIMEOUT') throw context.signal.reason
  context.terminal.showShortfall(shortfall)
  return exitStatus[shortfall.code]
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
  return error instanceof WizardError ? exitStatus[error.code] : exitStatus.FAILED
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies EndingSignal[]

/** As a shell tells of it: 130, 143, 129. */
const signalStatus = (signal: EndingSignal): number => 128 + constants.signals[signal]

/** The first signal lets what is in hand be cleaned up; a second one does not wait for that. */
function stopOnSignals(process: NodeJS.Process, stop: AbortController): () => void {
  const listen = (signal: EndingSignal) => () => {
    if (stop.signal.aborted && !(stop.signal.reason instanceof TimeoutError)) {
      process.exit(signalStatus(signal))
    }
    stop.abort(new InterruptedError(signal))
  }
  const listeners = endingSignals.map((signal) => [signal, listen(signal)] as const)
  // `wizard … | head` closes the pipe: the rest of the output has no reader, which is no failure.
  const onPipeError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    process.stderr.write(`error: stdout can't be written: ${error.code ?? error.message}\n`)
    process.exit(exitStatus.FAILED)
  }
  for (const [signal, listener] of listeners) process.on(signal, listener)
  process.stdout.on('error', onPipeError)
  // Nor does a progress that nobody reads any more stop the work, as with a terminal that was closed.
  process.stderr.on('error', () => {})
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}
