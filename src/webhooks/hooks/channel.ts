import type { Clock } from '../../base/clock.js'
import { GitHubNetworkError, UsageError } from '../../base/errors.js'
import { isPrivate } from '../../base/names/host.js'
import type { Dispatcher } from '../../http/dispatcher.js'
import { networkError } from '../../http/failure.js'
import { send } from '../../http/send.js'
import { version } from '../../version.js'
import { readEventStream, type ServerSentEvent } from './event-stream.js'

export interface ChannelOptions {
  dispatcher: Dispatcher
  clock: Clock
  signal?: AbortSignal | undefined
  /** The last event that was read from this channel; empty: none. */
  lastId: string
  onOpen(): void
  onRetry(milliseconds: number): void
}

/** smee sends a heartbeat every 30 seconds; after this silence the connection is dead. */
const longestSilence = 90_000

/**
 * The events of a channel until its connection ends. Sends no credential and follows no redirect.
 *
 * @throws UsageError if it is not a channel; GitHubNetworkError; the signal's reason
 */
export async function* readChannel(
  url: URL,
  { dispatcher, clock, signal, lastId, onOpen, onRetry }: ChannelOptions,
): AsyncGenerator<ServerSentEvent> {
  const silence = new AbortController()
  let unset = () => {}
  const restart = () => {
    unset()
    unset = clock.after(longestSilence, () => silence.abort(silent(url)))
  }
  const ended = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
  try {
    restart()
    const answer = await send(dispatcher, {
      method: 'GET',
      url,
      headers: {
        accept: 'text/event-stream',
        'cache-control': 'no-cache',
        // gosmee answers other user agents with a web page.
        'user-agent': `wizard/${version} (like gosmee)`,
        ...(lastId === '' ? {} : { 'last-event-id': lastId }),
      },
      signal: ended,
    })
    await assertChannel(url, answer)
    onOpen()
    yield* readEventStream(heard(answer.body, restart), onRetry)
  } catch (error) {
    throw networkError(error, url, ended)
  } finally {
    unset()
  }
}

async function* heard(body: AsyncIterable<Uint8Array>, onChunk: () => void) {
  for await (const chunk of body) {
    onChunk()
    yield chunk
  }
}

type Answer = Awaited<ReturnType<typeof send>>

async function assertChannel(url: URL, { status, headers, discard }: Answer): Promise<void> {
  const isStream = /^text\/event-stream\b/i.test(headers['content-type'] ?? '')
  if (status === 200 && isStream) return
  await discard()
  const message = `${url.host} answered ${status}${status === 200 ? ' with a page' : ''}`
  if (status >= 500 || status === 408 || status === 429) throw new GitHubNetworkError(message)
  throw new UsageError(`${message}, so ${url.href} is not a channel of smee or gosmee`, {
    hint: 'smee.io/new creates one: give its whole address',
  })
}

const silent = ({ host }: URL) => new GitHubNetworkError(`${host} has been silent for too long`)

/** @throws UsageError unless it is a URL with TLS, or of this machine */
export function checkedChannel(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && isPrivate(url) && url.username === '' && url.password === '') return url
  const reason = url?.protocol === 'http:' ? 'is not encrypted' : 'is not the address of a channel'
  throw new UsageError(`${text} ${reason}`, { hint: 'for example https://smee.io/CHANNEL' })
}
