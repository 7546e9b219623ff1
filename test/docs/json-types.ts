import type { Verb } from '../../src/commands/verb.js'

/** The document that a verb of a noun's list prints. */
export type Printed<Verbs extends readonly Verb[], Name extends string> = Plain<
  DocumentOf<Verbs[number], Name>
>

/** Spread over the union of a list's verbs. undefined: it prints nothing, in one case or another. */
type DocumentOf<V, Name extends string> =
  V extends Verb<infer Document, infer N>
    ? Name extends N
      ? Exclude<Document, undefined>
      : never
    : never

/** A type as JSON has it, without aliases, intersections and `readonly`. */
export type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends object
    ? { -readonly [K in keyof T as WrittenKey<T, K>]: Plain<T[K]> }
    : T

/** The report of an error is written without its remedy as data. */
type WrittenKey<T, K> = K extends 'remedy' ? (T extends Report ? never : K) : K
interface Report {
  code: unknown
  message: unknown
  hint: unknown
}

/** Fails to compile with what is wrong, unless one may be used as the other. */
export type Fits<A extends B, B> = A

/** Fails to compile for `Same` of two that are not. */
export type True<T extends true> = T

/** Down to optional keys. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
