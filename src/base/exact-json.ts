import { crypto } from './builtin.js'

/** Begins the texts that are numbers; nobody else can write one. Made by the first parse. */
let mark: string | undefined

const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/**
 * Parses JSON whose numbers JavaScript would change (beyond 2^53, or `1.0`): these become texts that
 * `withExactNumbers` turns back.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  JSON.parse(text)
  mark ??= crypto().randomUUID()
  return JSON.parse(text.replace(tokens, (token) => (isKept(token) ? token : `"${mark}${token}"`)))
}

const isKept = (token: string) => token.startsWith('"') || String(Number(token)) === token

/** JSON that was made from what `parseExactly` gave, with each number as it was written. */
export const withExactNumbers = (json: string): string =>
  mark === undefined ? json : json.replace(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1')
