import type { ErrorReport } from '../base/error-report.js'
import type { Invocation } from '../invocation.js'
import type { Page } from '../terminal/page.js'
import type { FlagSpecs, Flags } from './flags.js'

export interface ArgumentSpec {
  name: string
  summary: string
  /** May be omitted. */
  optional?: boolean
  /** Takes all remaining words. */
  variadic?: boolean
  /** The words that it may be, in any case. */
  choices?: readonly string[]
}

export interface Example {
  command: string
  does: string
}

/** The failure of a verb whose result is printed, but is not a success. */
export type PartialFailure = Omit<ErrorReport, 'hint'> & {
  hint?: string | null | undefined
  /** Whether the result says so itself, to somebody at a terminal. */
  isShown?: boolean
}

export interface VerbSpec<S extends FlagSpecs, R, J, N extends string> {
  /** Words joined by `-`, in lower case; empty for a noun without verbs. */
  name: N
  summary: string
  examples: Example[]
  args: ArgumentSpec[]
  flags: S
  /** What the words behind `--` are, for a verb that takes a command there. */
  rest?: ArgumentSpec
  /** @param rest the words behind `--` of a verb with `rest` */
  run(invocation: Invocation, args: string[], flags: Flags<S>, rest: string[]): Promise<R>
  /** The output of `--json`, if it is not the result itself. */
  json?(result: R): J
  /** The output for a person or a pipe. */
  render(result: R, invocation: Invocation): Page
  /** Whether the output can be long, so that a person reads it with a pager. */
  isLong?: true | ((flags: Flags<S>) => boolean)
  /** null: the result is a success. */
  partialFailure?(result: R, flags: Flags<S>): PartialFailure | null
  /** Outputs for later steps of a GitHub Actions job. */
  outputs?(result: R): Record<string, string>
}

/**
 * A verb in a noun's list. Of its types only those are left that docs/json.md is held against: the
 * document of `--json`, and the name.
 */
export interface Verb<J = unknown, N extends string = string> {
  name: N
  summary: string
  examples: Example[]
  args: ArgumentSpec[]
  flags: FlagSpecs
  rest?: ArgumentSpec
  run(invocation: Invocation, parsed: Parsed): Promise<Outcome<J>>
}

/** A verb's words. */
export interface Parsed {
  args: string[]
  flags: Record<string, unknown>
  rest: string[]
}

/** A result and the ways to show it. */
export interface Outcome<J = unknown> {
  json: J
  page: Page
  /** Whether a person reads the page with a pager. */
  isLong: boolean
  partialFailure: PartialFailure | null
  outputs: Record<string, string>
}

/** One verb: one file, one entry in its noun's list, one test. */
export function defineVerb<const S extends FlagSpecs, R, J = R, N extends string = string>(
  spec: VerbSpec<S, R, J, N>,
): Verb<J, N> {
  return {
    ...spec,
    async run(invocation, { args, flags: values, rest }) {
      const flags = values as Flags<S>
      const result = await spec.run(invocation, args, flags, rest)
      return {
        // Without `json`, J is R.
        json: spec.json ? spec.json(result) : (result as unknown as J),
        page: spec.render(result, invocation),
        isLong: typeof spec.isLong === 'function' ? spec.isLong(flags) : spec.isLong === true,
        partialFailure: spec.partialFailure?.(result, flags) ?? null,
        outputs: spec.outputs?.(result) ?? {},
      }
    },
  }
}

export interface Noun {
  name: string
  summary: string
  load(): Promise<Verb[]>
}

/** `REPO SYNC` */
export const titleOf = (noun: Noun, verb: Verb) =>
  `${noun.name} ${verb.name}`.trimEnd().toUpperCase()
