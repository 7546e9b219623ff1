import { createHmac } from 'node:crypto'
import { type Hook, type HookPayload, isRepository } from '../model/hooks.js'

export interface SignedPost {
  headers: Record<string, string>
  body: Buffer
}

/**
 * The body of a delivery and its headers.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 */
export function signedPost(
  hook: Hook,
  { guid, event, payload }: { guid: string; event: string; payload: HookPayload },
): SignedPost {
  const { contentType, secret } = hook.config
  const json = JSON.stringify(payload)
  const isForm = contentType === 'form'
  const body = Buffer.from(isForm ? new URLSearchParams({ payload: json }).toString() : json)
  const mac = (kind: string) =>
    secret === null ? '' : `${kind}=${createHmac(kind, secret).update(body).digest('hex')}`
  return {
    body,
    headers: {
      Accept: '*/*',
      'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      'Content-Length': `${body.length}`,
      'User-Agent': 'GitHub-Hookshot/10ca1de',
      'X-GitHub-Delivery': guid,
      'X-GitHub-Event': event,
      'X-GitHub-Hook-ID': `${hook.id}`,
      'X-GitHub-Hook-Installation-Target-ID': `${hook.target.id}`,
      'X-GitHub-Hook-Installation-Target-Type': isRepository(hook.target)
        ? 'repository'
        : 'organization',
      ...(secret !== null && {
        'X-Hub-Signature': mac('sha1'),
        'X-Hub-Signature-256': mac('sha256'),
      }),
    },
  }
}
