import { withCleanup } from '../../base/async/cleanup.js'
import { reportError } from '../../base/error-report.js'
import { GitHubNetworkError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { createDispatcher, type Dispatcher } from '../../http/dispatcher.js'
import { firstSecretOf, reportWarning, type WebhookSession } from '../session.js'
import type { DeliveryStore, ReceivedDelivery } from '../store/store.js'
import { checkedChannel, readChannel } from './channel.js'
import { readChannelMessage } from './channel-message.js'
import { type OwnHandlers, ownHandlers } from './own-handlers.js'

export interface ForwardRequest {
  /** A channel of smee or gosmee: `https://smee.io/CHANNEL`. */
  channel: string
}

/** Milliseconds before a lost connection is opened again; doubled each time. */
const firstPause = 1000
const longestPause = 30_000
/** Milliseconds; undici must not give up before the channel counts as silent. */
const stallTimeout = 300_000

/**
 * Takes the deliveries of a channel into the store until the signal, and runs their handlers where
 * no SERVE does. For development: what the channel gets while it is not connected is lost.
 *
 * @returns how many were taken
 * @throws UsageError if it is not a channel; ConfigError without a secret
 */
export async function forwardChannel(
  session: WebhookSession,
  store: DeliveryStore,
  request: ForwardRequest,
): Promise<number> {
  const url = checkedChannel(request.channel)
  firstSecretOf(session.webhooks)
  const { proxy } = session.config.github
  return withCleanup(async (defer) => {
    const dispatcher = createDispatcher({ proxy, env: session.host.env, stallTimeout })
    defer(() => dispatcher.destroy())
    const handlers = ownHandlers(session, store, { command: 'WEBHOOK FORWARD', defer })
    await handlers.wake()
    let count = 0
    await readOn(session, url, dispatcher, async (data) => {
      if (await take({ session, store, handlers }, data)) count++
    })
    return count
  })
}

/** Reads the channel until the signal, and connects again whenever the connection is lost. */
async function readOn(
  session: WebhookSession,
  url: URL,
  dispatcher: Dispatcher,
  onMessage: (data: string) => Promise<void>,
): Promise<void> {
  const { clock, signal, host, emit } = session
  let [lastId, pause, least] = ['', firstPause, firstPause]
  const onOpen = () => emit({ type: 'webhooks-listening', address: url.href, pid: host.pid })
  const onRetry = (milliseconds: number) => {
    least = Math.min(Math.max(milliseconds, firstPause), longestPause)
  }
  while (!signal?.aborted) {
    try {
      const options = { dispatcher, clock, signal, lastId, onOpen, onRetry }
      for await (const { data, id } of readChannel(url, options)) {
        await onMessage(data)
        pause = firstPause
        lastId = id
      }
      warn(session, `${url.host} closed the connection of the channel`)
    } catch (error) {
      if (signal?.aborted) return
      if (!(error instanceof GitHubNetworkError)) throw error
      warn(session, reportError(error).message)
    }
    await clock.sleep(Math.max(pause, least), signal).catch(() => {})
    pause = Math.min(pause * 2, longestPause)
  }
}

interface Taker {
  session: WebhookSession
  store: Pick<DeliveryStore, 'accept'>
  handlers: OwnHandlers
}

/** @returns whether it was a delivery that is stored now */
async function take({ session, store, handlers }: Taker, data: string): Promise<boolean> {
  const message = readChannelMessage(data, handlers.settings.config)
  if (message.kind === 'other') return false
  if (message.kind === 'refused') {
    const { event, delivery, reason } = message
    warn(session, `${oneLine(`${event} ${delivery}`, 200)} was not accepted: ${reason}`)
    return false
  }
  await keep(session, store, message.received)
  await handlers.wake()
  return true
}

async function keep(
  { emit, log }: WebhookSession,
  store: Pick<DeliveryStore, 'accept'>,
  received: ReceivedDelivery,
): Promise<void> {
  const { delivery, event } = received
  for (const accepted of await store.accept([received])) {
    emit({ type: 'deliveries-received', deliveries: [{ ...accepted, delivery, event }] })
    const { id, outcome } = accepted
    log.write('webhooks', 'INFO', `${event} ${delivery} is delivery ${id}: ${outcome} (FORWARD)`)
  }
}

const warn = (session: WebhookSession, message: string) =>
  reportWarning(session, `FORWARD: ${message}`)
