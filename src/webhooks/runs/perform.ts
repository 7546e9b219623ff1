import { UsageError } from '../../base/errors.js'
import { createRedactor } from '../../base/redact.js'
import type { HandlerConfig } from '../../config/files/webhook-handlers.js'
import type { Host } from '../../process/host.js'
import { factsOf } from '../routing/facts.js'
import { readPayload } from '../routing/payload.js'
import type { ClaimedRun, StoredDelivery } from '../store/store.js'
import { commandOf } from './command-line.js'
import { type AttemptEnd, attemptOfCommand, attemptOfProgram, type CommandEnd } from './end.js'
import type { ProgramLauncher } from './launcher.js'
import type { HandlerInput } from './placeholders.js'

/** Runs a command of wizard in this process, with `--json`. @throws only the signal's reason */
export type RunCommand = (argv: string[], signal: AbortSignal) => Promise<CommandEnd>

export interface Performer {
  host: Host
  launcher: ProgramLauncher
  root: string
  runCommand: RunCommand
  /** Hides what wizard knows to be secret. */
  redact(text: string): string
}

/**
 * Carries out one attempt of a run.
 *
 * @throws UsageError if the delivery lacks what the action needs; WizardError if the program can't be
 *   started; the signal's reason
 */
export async function performRun(
  performer: Performer,
  run: ClaimedRun,
  handler: HandlerConfig,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const input = inputOf(run.delivery)
  const command = commandOf(handler, input)
  if (command.kind === 'wizard')
    return attemptOfCommand(await performer.runCommand(command.argv, signal))
  const { host, launcher, root } = performer
  const { cmd, env: named, stdin } = command
  const env = { ...environmentOf(host.env, named), ...variablesOf(input, run.attempt) }
  const program = { cmd, dir: command.dir ?? root, env, body: run.delivery.body, stdin }
  const ended = attemptOfProgram(await launcher.run(program, signal))
  return { ...ended, output: redacted(ended.output, host.env, named, performer.redact) }
}

/** @throws UsageError if the payload can't be read; a delivery with such a payload is not routed */
export function inputOf({ delivery, event, body, headers }: StoredDelivery): HandlerInput {
  const read = readPayload(body, headers['content-type'])
  if ('fault' in read) throw new UsageError(read.fault)
  return { delivery, facts: factsOf(event, read.payload), payload: read.payload }
}

/** Variables of wizard's own that every program sees: no token gets there by accident. */
const inherited = ['PATH', 'HOME', 'LANG']

function environmentOf(env: Host['env'], named: readonly string[]): Record<string, string> {
  const pairs = [...inherited, ...named].flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(pairs)
}

function variablesOf({ delivery, facts }: HandlerInput, attempt: number): Record<string, string> {
  const values: Record<string, string> = {
    WIZARD_DELIVERY: delivery,
    WIZARD_EVENT: facts.event,
    WIZARD_ACTION: facts.action ?? '',
    WIZARD_REPO: facts.repo ?? '',
    WIZARD_REF: facts.ref ?? '',
    WIZARD_ATTEMPT: String(attempt),
  }
  const odd = Object.entries(values).find(([, value]) => value.includes('\0'))
  if (odd) throw new UsageError(`${odd[0]} would contain a NUL, which no variable can`)
  return values
}

/** A program that prints its environment must not write a secret into the store. */
function redacted(
  output: Uint8Array,
  env: Host['env'],
  named: readonly string[],
  redact: (text: string) => string,
): Uint8Array {
  const text = new TextDecoder().decode(output)
  const own = createRedactor(named.flatMap((name) => (env[name] ?? '').split(/\r?\n/)))
  const hidden = redact(own(text))
  return hidden === text ? output : Buffer.from(hidden)
}
