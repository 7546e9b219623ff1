import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { loadConfig } from '../../../src/config/load.js'
import {
  type WebhookEvent,
  type WebhookSession,
  webhooksOf,
} from '../../../src/webhooks/session.js'
import { nowhere, type OpenedSession, sessionIn } from '../../support/session.js'
import { secret } from './configuration.js'

export interface OpenedWebhooks extends Omit<OpenedSession<WebhookEvent>, 'session'> {
  session: WebhookSession
  /** Ends the call. */
  stop(): void
  /** Writes webhooks.yaml anew. */
  configure(values: object): void
}

/** A session of the webhooks, whose webhooks.yaml has these values beside a secret. */
export async function webhookSession(root: string, values: object): Promise<OpenedWebhooks> {
  const fileOf = (given: object) => ({ webhooks: { enabled: true, secret, ...given } })
  const opened = await sessionIn<WebhookEvent>(root, nowhere, { webhooks: fileOf(values) })
  const dir = join(root, 'config')
  const flags = { config: dir }
  const stop = new AbortController()
  const reload = async () => webhooksOf(await loadConfig({ cwd: root, env: {}, home: root, flags }))
  return {
    ...opened,
    session: {
      ...opened.session,
      signal: stop.signal,
      webhooks: await webhooksOf(opened.session.config),
      reload,
      runCommand: () => Promise.reject(new Error('no command of wizard runs here')),
    },
    stop: () => stop.abort(new Error('the test ends it')),
    configure: (given) => writeFileSync(join(dir, 'webhooks.yaml'), stringify(fileOf(given))),
  }
}
