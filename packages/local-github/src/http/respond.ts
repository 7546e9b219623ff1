import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/**
 * Writes an answer as it comes. An answer that breaks off, or a network error, closes the
 * connection.
 */
export async function respond(response: Response, output: ServerResponse): Promise<void> {
  if (response.type === 'error') {
    output.destroy()
    return
  }
  output.writeHead(response.status, headersOf(response))
  try {
    for await (const chunk of response.body ?? []) {
      if (!output.write(chunk)) await drained(output)
    }
    output.end()
  } catch {
    // The bytes written so far arrive, and then the connection closes: the client sees a cut
    // answer.
    output.flushHeaders()
    output.socket?.destroySoon()
  }
}

function headersOf(response: Response): Record<string, string | string[]> {
  const cookies = response.headers.getSetCookie()
  const headers = Object.fromEntries(response.headers)
  return cookies.length > 0 ? { ...headers, 'set-cookie': cookies } : headers
}

/** @throws if the client has disconnected */
async function drained(output: ServerResponse): Promise<void> {
  if (output.destroyed) throw new Error('the client has gone')
  const gone = new AbortController()
  const closed = () => gone.abort()
  output.once('close', closed)
  try {
    await once(output, 'drain', { signal: gone.signal })
  } finally {
    output.off('close', closed)
  }
}
