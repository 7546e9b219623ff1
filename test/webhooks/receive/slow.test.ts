import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { headersOf, headOf, type Serving, send, serve } from './serving.js'

const body = '{"ref":"refs/heads/main"}'
const head = headOf({ ...headersOf(body), 'Content-Length': '1000' })

/**
 * A client that sends its first bytes at once, and then one at a time.
 *
 * @returns its answer, and after how many milliseconds it was closed
 */
async function stall({ port }: Serving, first: string, bytes: string) {
  const start = performance.now()
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(first)
  const timer = trickle(socket, bytes)
  await new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
  clearInterval(timer)
  return { status: Number(/ (\d{3}) /.exec(answer)?.[1]), after: performance.now() - start }
}

function trickle(socket: Socket, bytes: string) {
  let sent = 0
  return setInterval(() => {
    if (socket.writable && sent < bytes.length) socket.write(bytes.slice(sent, ++sent))
  }, 250)
}

it('300 slow connections are closed in 10 s, while good deliveries are served', {
  tags: ['deep'],
}, async () => {
  const serving = await serve()
  const slow = Array.from({ length: 100 }, () => [
    stall(serving, '', ''),
    stall(serving, '', head),
    stall(serving, head, body),
  ]).flat()
  const sent: Promise<number>[] = []
  const sendGood = async () => {
    const start = performance.now()
    const headers = { 'X-GitHub-Delivery': `good-${sent.length}` }
    expect((await send(serving, { body, headers })).status).toBe(202)
    return performance.now() - start
  }
  const timer = setInterval(() => sent.push(sendGood()), 50)
  const idle = stall(serving, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', '')
  const closed = await Promise.all(slow)
  clearInterval(timer)
  const good = await Promise.all(sent)
  expect(new Set(closed.map(({ status }) => status))).toEqual(new Set([408]))
  expect(Math.max(...closed.map(({ after }) => after))).toBeLessThan(10_000)
  const { status, after } = await idle
  expect(status).toBe(200)
  expect(after).toBeGreaterThan(4500)
  expect(after).toBeLessThan(8000)
  expect(good.length).toBeGreaterThan(20)
  expect(Math.max(...good)).toBeLessThan(2000)
  expect(serving.metrics.text([])).toContain('refused_total{code="408"} 300\n')
  expect(serving.store.kept).toHaveLength(good.length)
})
