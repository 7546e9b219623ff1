import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../support/workspace.js'

export const secret = 'a secret of sixteen letters'

/** A root with a webhooks.yaml, and a GitHub whose hooks reach a receiver. */
export interface Hooked extends Workspace {
  receiver: Receiver
  /** Writes webhooks.yaml anew. */
  webhooks(values: Record<string, unknown>): Promise<void>
  /** The API, without wizard. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>
  /** Requests to the API whose method and path match. */
  asked(method: string, path: RegExp): string[]
}

export interface Receiver {
  url: string
  /** The bodies that came, by GitHub's delivery id. */
  received: { delivery: string; event: string; body: Buffer }[]
  /** How it answers. */
  status: number
  close(): Promise<void>
}

/** A command that notes each delivery in a file, one line each. */
export const noting = {
  action: 'exec',
  name: 'note',
  payload: { cmd: ['/bin/sh', '-c', 'echo "$1 $2" >> ran.txt', 'sh', '{delivery}', '{event}'] },
}

export async function openHooked(options: WorkspaceOptions = {}): Promise<Hooked> {
  const work = await openWorkspace(options)
  const { github } = work
  const receiver = await openReceiver()
  await github.addRepository('uDOS/core')
  const webhooks = (values: Record<string, unknown>) =>
    work.write('config/webhooks.yaml', stringify({ webhooks: values }))
  await webhooks({ enabled: true, secret, handlers: { push: [noting] } })
  return {
    ...work,
    receiver,
    webhooks,
    async ask(method, path, body) {
      const answer = await fetch(github.apiUrl + path, {
        method,
        headers: { authorization: `Bearer ${github.token}`, 'user-agent': 'the test' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return text === '' ? null : JSON.parse(text)
    },
    asked: (method, path) =>
      github.requests
        .filter((one) => one.origin === 'api' && one.headers['user-agent'] !== 'the test')
        .filter((one) => one.method === method && path.test(one.path))
        .map((one) => one.path),
    async close() {
      await work.close()
      await receiver.close()
    },
  }
}

async function openReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const name = (header: string) => String(request.headers[header])
    receiver.received.push({
      ...{ delivery: name('x-github-delivery'), event: name('x-github-event'), body },
    })
    response.writeHead(receiver.status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    received: [],
    status: 202,
    async close() {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
