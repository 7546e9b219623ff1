/**
 * A remedy. wizard's own commands and options in it are data, because a person types `--lock-wait`
 * and a program passes `lockWait`.
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

/** An option of the failed call: `{ flag: 'max-size', value: 'BYTES' }`. */
export interface OptionReference {
  flag: string
  /** A placeholder for its value. */
  value?: string | undefined
}

/** How the reader of a remedy calls commands and options. */
export interface HintWords {
  command(reference: CommandReference): string
  option(reference: OptionReference): string
}

/**
 * For programs: options under their library names, commands as this package's `wizard` takes them.
 */
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

/** Formats a remedy as one line. @param words default: the library's */
export function formatHint(hint: Hint, words: HintWords = libraryWords): string {
  if (typeof hint === 'string') return hint
  return hint
    .map((part) => {
      if (typeof part === 'string') return part
      return 'verb' in part ? words.command(part) : words.option(part)
    })
    .join('')
}

/** Joins two remedies, `one` first. */
export function joinHints(one: Hint | undefined, other: Hint): Hint {
  if (one === undefined || one === '') return other
  if (typeof one === 'string' && typeof other === 'string') return `${one}; ${other}`
  return [...partsOf(one), '; ', ...partsOf(other)]
}

const partsOf = (hint: Hint): HintParts => (typeof hint === 'string' ? [hint] : hint)
