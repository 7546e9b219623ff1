import { platform } from 'node:os'

/** A character set that git's `working-tree-encoding` may name. Both directions give null for what it can't hold. */
export interface Encoding {
  /** The file's bytes → UTF-8. */
  decode(data: Buffer): Buffer | null
  /** UTF-8 → the file's bytes. */
  encode(data: Buffer): Buffer | null
}

/**
 * @returns null for one that is not supported. UTF-8, which converts nothing, is none of them.
 * @see https://git-scm.com/docs/gitattributes#_working_tree_encoding
 */
export function encodingOf(name: string): Encoding | null {
  const key = name.toLowerCase().replaceAll('_', '-')
  const known = encodings.get(key)
  if (known !== undefined) return known
  const made = unicode(key) ?? table(key)
  const encoding =
    made === null ? null : { decode: orNull(made.decode), encode: orNull(made.encode) }
  encodings.set(key, encoding)
  return encoding
}

const encodings = new Map<string, Encoding | null>()

/** A decoder throws at the first byte that means nothing. */
const orNull =
  (convert: (data: Buffer) => Buffer | null) =>
  (data: Buffer): Buffer | null => {
    try {
      return convert(data)
    } catch (error) {
      if (error instanceof TypeError) return null
      throw error
    }
  }

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const textOf = (utf8: Buffer) => strict.decode(utf8)

type Units = 2 | 4
type Endian = 'le' | 'be'
interface Unicode {
  units: Units
  endian: Endian
}

const marks = {
  2: { le: Buffer.from([0xff, 0xfe]), be: Buffer.from([0xfe, 0xff]) },
  4: { le: Buffer.from([0xff, 0xfe, 0, 0]), be: Buffer.from([0, 0, 0xfe, 0xff]) },
}

/**
 * UTF-16 and UTF-32. A name without a byte order requires a byte order mark; a name with one forbids
 * it. git adds UTF-16LE-BOM, which is written with a mark and read with or without one.
 */
function unicode(key: string): Encoding | null {
  if (/^utf-?16le-bom$/.test(key)) return utf(2, 'le', 'optional')
  const [, bits, order] = /^utf-?(16|32)(le|be)?$/.exec(key) ?? []
  if (bits === undefined) return null
  const units: Units = bits === '16' ? 2 : 4
  if (order !== undefined) return utf(units, order as Endian, 'never')
  // As iconv of the system writes it.
  return utf(units, platform() === 'darwin' ? 'be' : 'le', 'always')
}

/** @param mark whether a file begins with a byte order mark; an optional one is written */
function utf(units: Units, endian: Endian, mark: 'always' | 'never' | 'optional'): Encoding {
  return {
    decode(data) {
      const found = (['le', 'be'] as const).find((one) => startsWith(data, marks[units][one]))
      if (mark === 'never' ? found !== undefined : mark === 'always' && found === undefined) {
        return null
      }
      const content = found === undefined ? data : data.subarray(units)
      return fromUnits(content, { units, endian: found ?? endian })
    },
    encode(data) {
      const encoded = toUnits(textOf(data), { units, endian })
      return mark === 'never' ? encoded : Buffer.concat([marks[units][endian], encoded])
    },
  }
}

const startsWith = (data: Buffer, mark: Buffer) => data.subarray(0, mark.length).equals(mark)

function fromUnits(data: Buffer, { units, endian }: Unicode): Buffer | null {
  if (data.length % units !== 0) return null
  if (units === 2) {
    const decoder = new TextDecoder(`utf-16${endian}`, { fatal: true, ignoreBOM: true })
    return Buffer.from(decoder.decode(data))
  }
  const points: string[] = []
  for (let at = 0; at < data.length; at += 4) {
    const point = endian === 'le' ? data.readUInt32LE(at) : data.readUInt32BE(at)
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null
    points.push(String.fromCodePoint(point))
  }
  return Buffer.from(points.join(''))
}

function toUnits(text: string, { units, endian }: Unicode): Buffer {
  if (units === 2) {
    const encoded = Buffer.from(text, 'utf16le')
    return endian === 'le' ? encoded : encoded.swap16()
  }
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const encoded = Buffer.allocUnsafe(points.length * 4)
  for (const [index, point] of points.entries()) {
    if (endian === 'le') encoded.writeUInt32LE(point, index * 4)
    else encoded.writeUInt32BE(point, index * 4)
  }
  return encoded
}

/** Characters by their one or two bytes, as a number. */
type Characters = Map<number, string>

/** ISO-8859-*, windows-125* and Shift_JIS. */
function table(key: string): Encoding | null {
  const characters = isoCharacters(key) ?? windowsCharacters(key) ?? shiftJis(key)
  return characters === null ? null : tableEncoding(characters)
}

function isoCharacters(key: string): Characters | null {
  const [, part] = /^iso-?8859-?(\d{1,2})$/.exec(key) ?? []
  switch (part) {
    case undefined:
      return null
    case '1':
      return latin1
    case '9':
      return new Map([
        ...latin1,
        ...at(0xd0, 'Ğ'),
        ...at(0xdd, 'İŞ'),
        ...at(0xf0, 'ğ'),
        ...at(0xfd, 'ış'),
      ])
    case '11':
      return new Map([
        ...ascii,
        ...at(0x80, c1),
        ...at(0xa0, '\u00a0'),
        ...thai(0xa1, 58),
        ...thai(0xdf, 29),
      ])
    case '16':
      return new Map([...latin1, ...at(0xa1, iso8859Part16)])
    default:
      return isoParts.has(part) ? decodedBy(`iso-8859-${part}`, new Map(at(0x80, c1))) : null
  }
}

/** Of those that node decodes as they are: for the others it has windows' own. */
const isoParts = new Set(['2', '3', '4', '5', '6', '7', '8', '10', '13', '14', '15'])

const at = (first: number, characters: string): [number, string][] =>
  Array.from(characters, (character, index) => [first + index, character])

const codes = (first: number, count: number) =>
  String.fromCharCode(...Array.from({ length: count }, (_, index) => first + index))
const thai = (first: number, count: number) => at(first, codes(first - 0xa0 + 0xe00, count))
const ascii: Characters = new Map(at(0, codes(0, 0x80)))
/** The control characters above ASCII, which windows' sets do not have. */
const c1 = codes(0x80, 0x20)
const latin1: Characters = new Map(at(0, codes(0, 0x100)))

// From 0xA1.
const iso8859Part16 =
  'ĄąŁ€„Š§š©Ș«Ź­źŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ'
// From 0x80; a replacement character is none.
const windows1252 = '€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ'

/** What some versions of node decode, but iconv does not. */
const unknownToIconv = new Map([
  ['1253', 'ª'],
  ['1255', '\u05ba'],
])

function windowsCharacters(key: string): Characters | null {
  const [, page] = /^(?:windows-?|cp-?)(125[0-8])$/.exec(key) ?? []
  if (page === undefined) return null
  // Some versions of node decode it as ISO-8859-1.
  if (page === '1252') return without(new Map([...latin1, ...at(0x80, windows1252)]), '\ufffd')
  return without(decodedBy(`windows-${page}`, new Map()), c1 + (unknownToIconv.get(page) ?? ''))
}

const without = (characters: Characters, none: string): Characters =>
  new Map([...characters].filter(([, character]) => !none.includes(character)))

/** What node's own decoder gives for each byte. */
function decodedBy(label: string, more: Characters): Characters {
  const decoder = new TextDecoder(label, { fatal: true })
  const decoded = Array.from({ length: 256 }, (_, byte): [number, string][] => {
    try {
      return [[byte, decoder.decode(Uint8Array.of(byte))]]
    } catch {
      return []
    }
  })
  return new Map([...decoded.flat(), ...more])
}

/** As iconv has it, which is JIS X 0201 and 0208; node's decoder has Microsoft's additions too. */
function shiftJis(key: string): Characters | null {
  if (!/^(?:shift-?jis|sjis)$/.test(key)) return null
  const decoder = new TextDecoder('shift_jis', { fatal: true })
  const characters = new Map([
    ...ascii,
    ...at(0x5c, '¥'),
    ...at(0x7e, '‾'),
    ...at(0xa1, codes(0xff61, 63)),
  ])
  for (let lead = 0x81; lead <= 0xea; lead = lead === 0x9f ? 0xe0 : lead + 1) {
    // NEC's additions.
    if (lead === 0x87) continue
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const code = (lead << 8) | trail
      try {
        characters.set(code, jis.get(code) ?? decoder.decode(Uint8Array.of(lead, trail)))
      } catch {}
    }
  }
  return characters
}

/** Which Microsoft writes by other characters. */
const jis = new Map([
  [0x8160, '〜'],
  [0x8161, '‖'],
  [0x817c, '−'],
  [0x8191, '¢'],
  [0x8192, '£'],
  [0x81ca, '¬'],
])

function tableEncoding(characters: Characters): Encoding {
  const codesOf = new Map([...characters].map(([code, character]) => [character, code]))
  const isLead = new Set(
    [...characters.keys()].filter((code) => code > 0xff).map((code) => code >> 8),
  )
  return {
    decode(data) {
      const text: string[] = []
      for (let at = 0; at < data.length; at++) {
        const byte = data[at] as number
        const code = isLead.has(byte) ? (byte << 8) | (data[++at] ?? 0) : byte
        const character = characters.get(code)
        if (character === undefined) return null
        text.push(character)
      }
      return Buffer.from(text.join(''))
    },
    encode(data) {
      const bytes: number[] = []
      for (const character of textOf(data)) {
        const code = codesOf.get(character)
        if (code === undefined) return null
        if (code > 0xff) bytes.push(code >> 8)
        bytes.push(code & 0xff)
      }
      return Buffer.from(bytes)
    },
  }
}
