import { ConfigError, type ErrorOptions } from './errors.js'

/**
 * Parses the JSON of a file, which may begin with a byte order mark.
 *
 * @param name the file, for messages
 * @throws ConfigError with the line and the column, as far as they are known
 */
export function parseJson(text: string, name: string, options: ErrorOptions = {}): unknown {
  const json = text.replace(/^\ufeff/, '')
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new ConfigError(`${name} is not valid JSON${placeOf(json, cause)}`, { ...options, cause })
  }
}

/** The engine's messages differ between versions of Node; each names the position in some cases. */
function placeOf(json: string, cause: unknown): string {
  const { message } = cause as SyntaxError
  if (/\bend of JSON/.test(message)) return ': it ends too early'
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position === undefined) return ''
  const before = json.slice(0, Number(position)).split('\n')
  return `: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
