import { createHmac, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { stringify } from 'yaml'
import type { Workspace } from '../../support/workspace.js'

export const secret = '0123456789abcdef'

/** Writes webhooks.yaml; SERVE listens on a socket, so that tests need no port. */
export const configure = (space: Workspace, handlers: object, more: object = {}) =>
  space.write(
    'config/webhooks.yaml',
    stringify({ webhooks: { enabled: true, secret, handlers, ...more } }),
  )

export const serveArgs = ['WEBHOOK', 'SERVE', '--unix', 'hook.sock']

export interface Sent {
  status: number
  body: string
}

export interface Delivered {
  event?: string
  delivery?: string
  payload?: object
  body?: Buffer
  signedBy?: string
  /** The socket of another SERVE. */
  socket?: string
}

/** Sends a delivery to SERVE, as GitHub would. @throws if nobody answers */
export async function deliver(space: Workspace, given: Delivered = {}): Promise<Sent> {
  const { event = 'push', delivery = randomUUID(), payload = push(), signedBy = secret } = given
  const { body = Buffer.from(JSON.stringify(payload)) } = given
  const signature = createHmac('sha256', signedBy).update(body).digest('hex')
  return ask(space, {
    socket: given.socket,
    method: 'POST',
    path: '/webhook',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${signature}`,
    },
  })
}

export const get = (space: Workspace, path: string): Promise<Sent> =>
  ask(space, { method: 'GET', path, body: Buffer.alloc(0), headers: {} })

interface Asked {
  socket?: string | undefined
  method: string
  path: string
  body: Buffer
  headers: Record<string, string>
}

function ask(space: Workspace, { body, socket = 'hook.sock', ...asked }: Asked): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...asked, socketPath: space.path(socket), agent: false })
    sent.on('error', reject)
    sent.on('response', (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
        reject,
      )
    })
    sent.end(body)
  })
}

let count = 0

/** A push whose bytes no other one has. */
export const push = (more: object = {}) => ({
  ref: 'refs/heads/main',
  after: `${++count}`.padStart(40, '0'),
  repository: { id: 1, full_name: 'uDOS/core' },
  sender: { login: 'monalisa' },
  ...more,
})
