/**
 * A remedy. What it names of wizard's own is data: a person types `--lock-wait`, and a program that uses the library
 * gives `lockWait`.
 */
export type Hint = string | HintParts
export type HintParts = readonly (string | CommandReference | OptionReference)[]

/** A command to run next: `{ verb: ['WORKFLOW', 'WATCH'], target: 'uDOS/core/123' }`. */
export interface CommandReference {
  verb: readonly [noun: string, verb: string]
  /** The arguments. */
  target?: string | undefined
  /** By name; true for a flag without a value. */
  flags?: Readonly<Record<string, string | true>> | undefined
  /** Without the program's name. */
  brief?: boolean | undefined
}

/** An option of what was called: `{ flag: 'max-size', value: 'BYTES' }`. */
export interface OptionReference {
  flag: string
  /** What stands for its value. */
  value?: string | undefined
}

/** How commands and options are called by those who read a remedy. */
export interface HintWords {
  command(reference: CommandReference): string
  option(reference: OptionReference): string
}

/** For programs: options by their names in the library, commands as the `wizard` of this package takes them. */
export const libraryWords: HintWords = {
  command: ({ verb, target, flags = {}, brief = false }) =>
    [
      ...(brief ? [] : ['wizard']),
      ...verb,
      ...(target === undefined ? [] : [target]),
      ...Object.entries(flags).flatMap(([name, value]) =>
        value === true ? [`--${name}`] : [`--${name}`, value],
      ),
    ].join(' '),
  option: ({ flag }) => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
}

/** A remedy as text, in one line. @param words default: those of the library */
export function formatHint(hint: Hint, words: HintWords = libraryWords): string {
  if (typeof hint === 'string') return hint
  return hint
    .map((part) => {
      if (typeof part === 'string') return part
      return 'verb' in part ? words.command(part) : words.option(part)
    })
    .join('')
}

/** Both remedies, the first one before. */
export function joinHints(one: Hint | undefined, other: Hint): Hint {
  if (one === undefined || one === '') return other
  if (typeof one === 'string' && typeof other === 'string') return `${one}; ${other}`
  return [...partsOf(one), '; ', ...partsOf(other)]
}

const partsOf = (hint: Hint): HintParts => (typeof hint === 'string' ? [hint] : hint)
