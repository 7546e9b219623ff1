import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ConflictError } from '../../base/errors.js'
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
 * @returns the signer; null if it is unsigned
 * @throws ConflictError for a wrong signature, or one of another kind
 */
export function checkSignature({ id, raw }: Pick<Manifest, 'id' | 'raw'>): Signer | null {
  const { signature: part } = raw
  if (!isRecord(part)) return null
  const text = typeof part.signature === 'string' ? part.signature.trim() : ''
  if (text === '' || text.startsWith('scaffold-')) return null
  const algorithm = typeof part.algorithm === 'string' ? part.algorithm : 'ed25519'
  if (!/^ed-?25519$/i.test(algorithm)) throw refusal(id, 'is of a kind that can not be checked')
  const raw32 = bytesOf(typeof part.publicKey === 'string' ? part.publicKey : '', 32)
  const key = raw32 === null ? null : keyOf(raw32)
  const signature = bytesOf(text, 64)
  if (raw32 === null || key === null || signature === null) throw refusal(id, 'is damaged')
  const { signature: _, ...signed } = raw
  const forms = [compact(signed), asciiOnly(compact(signed))]
  if (!forms.some((form) => verify(null, Buffer.from(form), key, signature))) {
    throw refusal(id, 'does not fit what it says')
  }
  return `ed25519:${createHash('sha256').update(raw32).digest('hex')}`
}

const refusal = (id: string, what: string) =>
  new ConflictError(`the signature of ${id}'s manifest ${what}`, {
    hint: 'it was changed after it was signed, or signed wrongly: ask its author',
  })

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
