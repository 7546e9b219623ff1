import { GitHubNetworkError } from '../../base/errors.js'

export interface ServerSentEvent {
  /** `message` unless the server names another one. */
  type: string
  data: string
  /** Of this event or an earlier one; empty: none. */
  id: string
}

/** Characters of one event: a body of 25 MiB in base64, with room for its headers. */
const longest = 40 * 1024 * 1024

/**
 * The events of a stream, without its comments.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @param onRetry receives the milliseconds that the server wants between two connections
 * @throws GitHubNetworkError for an event that is too long
 */
export async function* readEventStream(
  chunks: AsyncIterable<Uint8Array>,
  onRetry: (milliseconds: number) => void = () => {},
): AsyncGenerator<ServerSentEvent> {
  let [type, data, id, size] = ['', [] as string[], '', 0]
  for await (const line of linesOf(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { type: type || 'message', data: data.join('\n'), id }
      ;[type, data, size] = ['', [], 0]
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? []
    size += line.length
    if (size > longest) throw tooLong()
    if (field === 'event') type = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) id = value
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) onRetry(Number(value))
  }
}

/** Lines end with a line feed, a carriage return, or both. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // A byte order mark at the start is left out.
  const decoder = new TextDecoder()
  let parts: string[] = []
  let size = 0
  let isAfterReturn = false
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    if (text === '') continue
    // Both characters are one end of a line, even in two chunks.
    const [first = '', ...more] = text.slice(isAfterReturn && text[0] === '\n' ? 1 : 0).split(ends)
    isAfterReturn = text.endsWith('\r')
    parts.push(first)
    size += first.length
    if (size > longest) throw tooLong()
    for (const line of more) {
      yield parts.join('')
      parts = [line]
      size = line.length
    }
  }
}

const ends = /\r\n|\n|\r/
const tooLong = () => new GitHubNetworkError('an event of the channel is too long')
