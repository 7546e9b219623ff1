import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** `X-Hub-Signature-256` of a body, as GitHub makes it. */
export const sign = (body: Uint8Array, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/**
 * Whether a body has the signature of one of the secrets. Every secret is compared, in constant
 * time. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * @param header `X-Hub-Signature-256`: `sha256=` and 64 hex digits in lower case
 */
export function isSignedBy(
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  const digests = startDigests(secrets)
  digests.update(body)
  return digests.areSignedBy(header)
}

/** Whether a header has the form of a signature: checked before the body is read. */
export const isSignature = (header: string | undefined): header is string =>
  header !== undefined && /^sha256=[0-9a-f]{64}$/.test(header)

/** What to do where a signature does not fit. */
export const signatureRemedy = (header: string): string =>
  isSignature(header)
    ? 'the file must contain the bytes as GitHub sent them'
    : 'expected X-Hub-Signature-256: sha256= and 64 lower-case hex digits'

/** Computed as a body arrives: 25 MiB at once would delay other requests. */
export interface Digests {
  update(chunk: Uint8Array): void
  areSignedBy(header: string | undefined): boolean
  /** Of the body; 64 hex digits. */
  sha256(): string
}

export function startDigests(secrets: readonly string[]): Digests {
  const macs = secrets.map((secret) => createHmac('sha256', secret))
  const sum = createHash('sha256')
  return {
    update(chunk) {
      for (const mac of macs) mac.update(chunk)
      sum.update(chunk)
    },
    areSignedBy(header) {
      if (!isSignature(header)) return false
      const claimed = Buffer.from(header.slice('sha256='.length), 'hex')
      const matches = macs.map((mac) => timingSafeEqual(mac.digest(), claimed))
      return matches.includes(true)
    },
    sha256: () => sum.digest('hex'),
  }
}
