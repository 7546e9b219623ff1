import { oneLine } from '../../base/text.js'

/** A JSON object, without a prototype's keys. */
export type Json = Record<string, unknown>

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const deepest = 100
const widest = 1_000_000

/**
 * Whether JSON is nested deeper, or has more elements in a level, than is plausible: recursive code
 * would fail on it.
 */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest || level.length > widest) return true
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    )
  }
  return false
}

/** Reads an untrusted object: problems are recorded by their path, and never thrown. */
export class Reader {
  readonly #record: Json
  readonly #path: string
  readonly #notes: string[]

  constructor(record: Json, notes: string[], path = '') {
    this.#record = record
    this.#notes = notes
    this.#path = path
  }

  /** The value of an own key. */
  value(key: string): unknown {
    return Object.hasOwn(this.#record, key) ? this.#record[key] : undefined
  }

  note(key: string, what: string): void {
    this.#notes.push(`${oneLine(this.#path + key, 100)}: ${what}`)
  }

  /** A trimmed text; a number as a text. null: missing or empty. */
  text(key: string): string | null {
    const value = this.value(key)
    if (typeof value === 'string') return value.trim() || null
    if (value === undefined || value === null) return null
    if (typeof value === 'number') {
      this.note(key, 'a number where a text was expected')
      return String(value)
    }
    this.note(key, `expected a text, found ${jsonKindOf(value)}`)
    return null
  }

  /** A single text counts as a list of one. */
  texts(key: string): string[] {
    const value = this.value(key)
    if (value === undefined || value === null) return []
    const list = Array.isArray(value) ? value : [value]
    const found = list.filter((one) => typeof one === 'string').map((one) => one.trim())
    if (found.length < list.length) this.note(key, 'expected a list of texts')
    return found.filter((one) => one !== '')
  }

  /** An object of texts, without empty ones. */
  textsByName(key: string): Map<string, string> {
    const inner = this.record(key)
    if (inner === null) return new Map()
    const names = Object.keys(this.value(key) as Json)
    return new Map(
      names.flatMap((name) => {
        const text = inner.text(name)
        return text === null ? [] : [[name, text] as const]
      }),
    )
  }

  record(key: string): Reader | null {
    const value = this.value(key)
    if (isRecord(value)) return new Reader(value, this.#notes, `${this.#path}${key}.`)
    if (value !== undefined && value !== null) {
      this.note(key, `expected an object, found ${jsonKindOf(value)}`)
    }
    return null
  }

  /** Records every other key as unknown. */
  knows(keys: readonly string[]): void {
    for (const key of Object.keys(this.#record)) {
      if (!keys.includes(key)) this.note(key, 'unknown; kept')
    }
  }
}

export const jsonKindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a${article(typeof value)}`

const article = (type: string) => (type === 'object' ? 'n object' : ` ${type}`)
