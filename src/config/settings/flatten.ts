import type { Redactor } from '../../base/redact.js'
import { usualDestination } from '../files/destinations.js'
import type { ConfigDocument } from '../yaml/document.js'
import { type Path, type Source, showPath } from '../yaml/place.js'
import type { EffectiveValue, Plain } from './effective.js'

export const mask = '***'

/** The values of a file, one for each key; lists of plain values in one piece. */
export function documentValues(
  document: Pick<ConfigDocument<unknown>, 'value' | 'source'>,
  hide: Redactor,
): EffectiveValue[] {
  const sourceOf = (path: Path): Source => document.source(path) ?? { from: 'default' }
  const isSecret = (path: Path, value: unknown): boolean =>
    isSecretKey(path) ||
    cameFromSecret(sourceOf(path)) ||
    (Array.isArray(value) && value.some((_, index) => isSecret([...path, index], undefined)))
  return leaves(document.value, []).map(({ path, value }) => ({
    key: showPath(path),
    value: isSecret(path, value) ? mask : hidden(value, hide),
    source: sourceOf(path),
  }))
}

interface Leaf {
  path: Path
  value: Plain
}

function leaves(value: unknown, path: Path): Leaf[] {
  if (value === undefined) return []
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  const isListOfMaps = Array.isArray(value) && value.some((one) => typeof one === 'object')
  if (isListOfMaps) return value.flatMap((one, index) => leaves(one, [...path, index]))
  if (!isMap) return [{ path, value: value as Plain }]
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  if (entries.length === 0) return [{ path, value: {} }]
  const own = entries.flatMap(([key, one]) => leaves(one, [...path, key]))
  const isEntry = path[0] === 'repos' && path.length === 3
  if (!isEntry || 'destination' in value) return own
  return [...own, { path: [...path, 'destination'], value: usualDestination }]
}

/** Keys that hold credentials, and those of a handler's payload that may. */
function isSecretKey(path: Path): boolean {
  const [top, key] = path
  if (top === 'webhooks' && key === 'secret') return true
  return path.includes('payload') && looksSecret(String(path.at(-1)))
}

/** What a variable of such a name brought in is hidden wherever it stands. */
const cameFromSecret = (source: Source): boolean =>
  source.from === 'file' && source.variables.some(looksSecret)

/** Of the name of a key or variable. */
export const looksSecret = (name: string): boolean =>
  /token|secret|passw|passphrase|credential|private|api_?key/i.test(name)

/** Without what has the shape of a credential, such as the user part of an address. */
function hidden(value: Plain, hide: Redactor): Plain {
  if (typeof value === 'string') return hide(value)
  if (Array.isArray(value)) return value.map((one) => hidden(one, hide))
  return value
}
