/** What a file of the configuration holds, with every scalar as a text. */
export type PlainValue = string | PlainValue[] | { [key: string]: PlainValue }

/**
 * Which parts of a file are names: `'name'` a text; `[x]` a list of x; an object these keys of a
 * mapping, or with `'*'` all of them. With `''` a text may be there in the mapping's place.
 */
export type Picture = 'name' | readonly [Picture] | { readonly [key: string]: Picture }

/** More is no name, and nothing that a shell could insert. */
const longest = 300

/**
 * Copies the names alone, so that nothing else of a file is kept: of a token, a secret or a command
 * not a byte. What is not as in the picture is an empty text.
 */
export function pickNames(value: unknown, picture: Picture): PlainValue {
  if (picture === 'name') return typeof value === 'string' && isName(value) ? value : ''
  if (isList(picture)) {
    const [each] = picture
    return Array.isArray(value) ? value.map((item) => pickNames(item, each)) : []
  }
  if (typeof value === 'string' && picture[''] !== undefined) return pickNames(value, picture[''])
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ''
  const every = picture['*']
  const entries = Object.entries(value).flatMap(([key, item]): [string, PlainValue][] => {
    const own = every ?? (Object.hasOwn(picture, key) ? picture[key] : undefined)
    return own === undefined || !isName(key) ? [] : [[key, pickNames(item, own)]]
  })
  return Object.fromEntries(entries)
}

const isList = (picture: Picture): picture is readonly [Picture] => Array.isArray(picture)

/** An address in a name's place may hold a password. */
const isName = (text: string): boolean => text.length <= longest && !text.includes('://')

export type Mapping = Record<string, PlainValue | undefined>

/** An empty one of anything else. */
export const mappingOf = (value: PlainValue | undefined): Mapping =>
  typeof value === 'object' && !Array.isArray(value) ? value : {}

/** An empty one of anything else. */
export const itemsOf = (value: PlainValue | undefined): PlainValue[] =>
  Array.isArray(value) ? value : []
