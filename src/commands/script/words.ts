import { UsageError } from '../../base/errors.js'
import { mask } from '../../base/redact.js'

/** One word of a script's line, as it runs and as it may be shown. */
export interface Word {
  text: string
  /** With `***` for the values of variables whose names speak of a secret. */
  shown: string
}

/** @throws UsageError if the variable is unset */
export type VariableLookup = (name: string) => string

/**
 * Splits a line into words as a shell does: quotes, backslashes, `$NAME`, `${NAME}`, and `#`
 * comments. Our own, since no library tells `$$` and an unset variable apart, and keeps a variable
 * in one word. A bracket command (`[REPO|SYNC*core]`) is one word.
 *
 * @throws UsageError for a quote without an end, an unset variable, or what only a shell can do
 */
export function splitWords(line: string, lookup: VariableLookup): Word[] {
  return new Splitter(line, lookup).words()
}

/** Whether the name of a variable, or of a `key=value`, speaks of a secret. */
export const isSecretName = (name: string): boolean =>
  /token|secret|passw|credential|key/i.test(name)

/** `token=…` and `--password …`: what nobody has told the redactor. */
export const withoutSecrets = (line: string): string =>
  line.replace(/([\w-]+:?=|--[\w-]+\s+)([^\s$]\S*)/g, (all, name: string) =>
    isSecretName(name) ? `${name}${mask}` : all,
  )

class Splitter {
  readonly #line: string
  readonly #lookup: VariableLookup
  #at = 0
  #word: Word | null = null

  constructor(line: string, lookup: VariableLookup) {
    this.#line = line
    this.#lookup = lookup
  }

  words(): Word[] {
    const words: Word[] = []
    const end = () => {
      if (this.#word !== null) words.push(this.#word)
      this.#word = null
    }
    while (this.#at < this.#line.length) {
      const letter = this.#line[this.#at] ?? ''
      if (/\s/.test(letter)) end()
      else if (letter === '#' && this.#word === null) return words
      else if (letter === '[' && words.length === 0 && this.#word === null) this.#bracket()
      else this.#part(letter)
      this.#at++
    }
    end()
    return words
  }

  #part(letter: string): void {
    if (letter === "'") this.#single()
    else if (letter === '"') this.#double()
    else if (letter === '\\') this.#add(this.#line[++this.#at] ?? '\\')
    else if (letter === '$') this.#variable()
    else if (this.#word === null && /[|&;<>]/.test(letter)) throw shellOnly(letter)
    else this.#add(letter)
  }

  #add(text: string, shown = text): void {
    this.#word ??= { text: '', shown: '' }
    this.#word.text += text
    this.#word.shown += shown
  }

  #single(): void {
    const end = this.#line.indexOf("'", this.#at + 1)
    if (end === -1) throw withoutEnd("'")
    this.#add(this.#line.slice(this.#at + 1, end))
    this.#at = end
  }

  #double(): void {
    this.#add('')
    for (this.#at++; this.#line[this.#at] !== '"'; this.#at++) {
      const letter = this.#line[this.#at]
      if (letter === undefined) throw withoutEnd('"')
      if (letter === '$') this.#variable()
      else if (letter === '\\' && /["\\$]/.test(this.#line[this.#at + 1] ?? '')) {
        this.#add(this.#line[++this.#at] ?? '')
      } else this.#add(letter)
    }
  }

  /** Stops at its last letter. */
  #variable(): void {
    const rest = this.#line.slice(this.#at)
    const [all = '$', bare, braced] = /^\$(?:(\w+)|\{([^}]*)\}|\$)?/.exec(rest) ?? []
    this.#at += all.length - 1
    const name = bare ?? braced
    if (name === undefined) {
      if (rest.startsWith('${')) throw withoutEnd('${')
      this.#add('$')
      return
    }
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new UsageError(`not a variable: ${all}`, { hint: 'for a dollar sign write $$' })
    }
    const value = this.#lookup(name)
    this.#add(value, isSecretName(name) && value !== '' ? mask : value)
  }

  /** Its targets may hold spaces. */
  #bracket(): void {
    const end = this.#line.indexOf(']', this.#at)
    if (end === -1) throw withoutEnd('[')
    for (; this.#at < end; this.#at++) {
      if (this.#line[this.#at] === '$') this.#variable()
      else this.#add(this.#line[this.#at] ?? '')
    }
    this.#add(']')
  }
}

const withoutEnd = (sign: string) => new UsageError(`unclosed ${sign}`)

const shellOnly = (sign: string) =>
  new UsageError(`${sign} does nothing here, because no shell runs this`, {
    hint: 'write one command on each line; to pass the sign on, quote it',
  })

/** Quotes words so that a script, and a shell, read them back. */
export const quoteWords = (words: readonly string[]): string =>
  words
    .map((word) =>
      /^[\w@%+=:,./*?!|[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
    )
    .join(' ')
