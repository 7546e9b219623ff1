import type { AttributeValue } from '../attributes/parse.js'
import type { WorktreeSettings } from '../config/worktree-settings.js'
import { hashObject, type Oid } from '../objects/object.js'
import { type Encoding, encodingOf } from './encoding.js'
import { collapseIdent, expandIdent } from './ident.js'
import { type LineEnds, withCrlf, withLf } from './line-ends.js'

/** What lies between a blob and its file. At least one part of it is not null. */
export interface Conversion {
  lineEnds: LineEnds | null
  /** Of the file; the blob is UTF-8. */
  encoding: Encoding | null
  hasIdent: boolean
}

/** The attributes that say how a file is converted. */
export const conversionAttributes = [
  'text',
  'crlf',
  'eol',
  'ident',
  'working-tree-encoding',
  'filter',
] as const

export type ConversionSettings = Pick<WorktreeSettings, 'autocrlf' | 'writesCrlf'>

/**
 * @returns null if the file has the bytes of its blob
 * @see https://git-scm.com/docs/gitattributes#_checking_out_and_checking_in
 */
export function conversionFor(
  attributes: ReadonlyMap<string, AttributeValue>,
  settings: ConversionSettings,
): Conversion | null {
  const lineEnds = lineEndsFor(attributes, settings)
  const encoding = encodingFor(attributes.get('working-tree-encoding'))
  const hasIdent = attributes.get('ident') === true
  return lineEnds === null && encoding === null && !hasIdent
    ? null
    : { lineEnds, encoding, hasIdent }
}

function lineEndsFor(
  attributes: ReadonlyMap<string, AttributeValue>,
  { autocrlf, writesCrlf }: ConversionSettings,
): LineEnds | null {
  const text = textOf(attributes.get('text')) ?? textOf(attributes.get('crlf'))
  if (text === false) return null
  const eol = attributes.get('eol')
  const fixed = eol === 'lf' || eol === 'crlf' ? eol : null
  const usual = writesCrlf ? 'crlf' : 'lf'
  if (text === 'auto') return guessed(fixed ?? usual, fixed === 'lf')
  if (fixed !== null) return certain(fixed)
  if (text !== undefined) return certain(text === 'input' ? 'lf' : usual)
  if (autocrlf === 'false') return null
  return guessed(autocrlf === 'true' ? 'crlf' : 'lf', autocrlf === 'input')
}

const certain = (inWorktree: LineEnds['inWorktree']): LineEnds => ({
  isGuessed: false,
  inWorktree,
  isStreamed: true,
})

const guessed = (inWorktree: LineEnds['inWorktree'], isStreamed: boolean): LineEnds => ({
  isGuessed: true,
  inWorktree,
  isStreamed,
})

/** undefined: the attribute decides nothing. */
function textOf(value: AttributeValue): boolean | 'auto' | 'input' | undefined {
  return typeof value === 'boolean' || value === 'auto' || value === 'input' ? value : undefined
}

const encodingFor = (value: AttributeValue): Encoding | null =>
  typeof value !== 'string' || isUtf8(value) ? null : encodingOf(value)

const isUtf8 = (name: string) => /^(?:utf-?8)?$/i.test(name)

/** Whether the file stays as it is stored, because its encoding is unknown here. */
export const isUnknownEncoding = (value: AttributeValue): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'string' && !isUtf8(value) && encodingOf(value) === null)

/**
 * A larger file is left as it is stored, as its conversion takes several times its size of memory.
 * In bytes.
 */
export const largestConverted = 500 * 1024 ** 2

/** The bytes of the file. @param oid the blob's id */
export function toWorktree(blob: Buffer, oid: Oid, conversion: Conversion): Buffer {
  const { lineEnds, encoding, hasIdent } = conversion
  const isStreamed = encoding === null && lineEnds?.isStreamed !== false
  const expanded = hasIdent ? expandIdent(blob, oid, isStreamed) : blob
  const converted = lineEnds === null ? expanded : withCrlf(expanded, lineEnds)
  // What can't be encoded stays as it is, as in git.
  return encoding === null || converted.length === 0
    ? converted
    : (encoding.encode(converted) ?? converted)
}

/**
 * The bytes of the blob that git would make of a file.
 *
 * @param isStoredWithCrlf see `withLf`
 */
export async function toBlob(
  file: Buffer,
  { lineEnds, encoding, hasIdent }: Conversion,
  isStoredWithCrlf: () => Promise<boolean>,
): Promise<Buffer> {
  const text = encoding === null || file.length === 0 ? file : (encoding.decode(file) ?? file)
  const stored = lineEnds === null ? text : await withLf(text, lineEnds, isStoredWithCrlf)
  return hasIdent ? collapseIdent(stored) : stored
}

/** The id of the blob that git would make of a file. */
export const blobIdOf = async (...args: Parameters<typeof toBlob>): Promise<Oid> =>
  hashObject('blob', await toBlob(...args))
