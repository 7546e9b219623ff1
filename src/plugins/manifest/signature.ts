import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ConflictError } from '../../base/errors.js'
import { parseExactly, withExactNumbers } from '../../base/exact-json.js'
import type { Manifest } from './parse.js'
import { isRecord, type Json } from './reader.js'

/**
 * The signer of a manifest: `ed25519:` and the SHA-256 of the public key's 32 bytes, in hexadecimal
 * digits.
 */
export type Signer = string

/** The DER prefix of a raw key (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Verifies a manifest's signature: Ed25519 (RFC 8032) over its compact JSON with sorted keys,
 * without `signature`. A signature that begins with `scaffold-` is a generator's placeholder, and
 * counts as none.
 *
 * @param text the file, for its numbers: Python signs `1.0` as it is, and JavaScript as `1`
 * @returns the signer; null if it is unsigned
 * @throws ConflictError for a wrong signature, or one of another kind
 */
export function checkSignature(
  { id, raw }: Pick<Manifest, 'id' | 'raw'>,
  text: string = JSON.stringify(raw),
): Signer | null {
  const { signature: part } = raw
  if (!isRecord(part)) return null
  const written = typeof part.signature === 'string' ? part.signature.trim() : ''
  if (written === '' || written.startsWith('scaffold-')) return null
  const algorithm = typeof part.algorithm === 'string' ? part.algorithm : 'ed25519'
  if (!/^ed-?25519$/i.test(algorithm)) throw refusal(id, 'is of an unsupported kind')
  const raw32 = bytesOf(typeof part.publicKey === 'string' ? part.publicKey : '', 32)
  const key = raw32 === null ? null : keyOf(raw32)
  const signature = bytesOf(written, 64)
  if (raw32 === null || key === null || signature === null) throw refusal(id, 'is damaged')
  if (isWeak(raw32)) throw refusal(id, 'is by a key with which anybody can sign')
  const bare = [compact(withoutSignature(raw)), withNumbersAsWritten(text)]
  const forms = [...bare, ...bare.map(asciiOnly)]
  if (!forms.some((form) => verify(null, Buffer.from(form), key, signature))) {
    throw refusal(id, 'does not match its content')
  }
  return `ed25519:${createHash('sha256').update(raw32).digest('hex')}`
}

const refusal = (id: string, what: string) =>
  new ConflictError(`the signature of ${id}'s manifest ${what}`, {
    hint: 'it was changed after it was signed, or signed wrongly: ask its author',
  })

const withoutSignature = ({ signature: _, ...signed }: Json): Json => signed

/** Compact JSON of a manifest whose numbers stay as they are in the file. */
const withNumbersAsWritten = (text: string): string =>
  withExactNumbers(compact(withoutSignature(parseExactly(text.replace(/^\ufeff/, '')) as Json)))

/**
 * Points of small order, for which signatures are valid that nobody with a private key made: the
 * list of libsodium, without the sign bit.
 */
const weakKeys = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ...['ec', 'ed', 'ee'].map((first) => `${first}${'ff'.repeat(30)}7f`),
])

function isWeak(key: Buffer): boolean {
  const masked = Buffer.from(key)
  masked[31] = (masked[31] ?? 0) & 0x7f
  return weakKeys.has(masked.toString('hex'))
}

/** Keys are sorted at every depth, without spaces. */
function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${compact((value as Json)[key])}`).join(',')}}`
}

/** Escapes as Python's json does, which most signers use. */
const asciiOnly = (json: string) =>
  json.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Reads hexadecimal digits or base64, or the last bytes of a DER or PEM key. */
function bytesOf(text: string, length: number): Buffer | null {
  const body = text.replace(/-----[A-Z ]+-----|\s/g, '').replace(/^ed25519:/i, '')
  const isHex = new RegExp(`^[0-9a-f]{${length * 2}}$`, 'i').test(body)
  const bytes = Buffer.from(body, isHex ? 'hex' : 'base64')
  if (bytes.length === length) return bytes
  const isDer = length === 32 && bytes.length === 44 && bytes.subarray(0, 12).equals(spkiPrefix)
  return isDer ? bytes.subarray(12) : null
}

function keyOf(bytes: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' })
  } catch {
    // Not a point of the curve: reported as damage.
    return null
  }
}
