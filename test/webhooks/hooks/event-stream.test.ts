import { expect, test } from 'vitest'
import { readEventStream } from '../../../src/webhooks/hooks/event-stream.js'

async function events(...chunks: (string | Uint8Array)[]) {
  const retries: number[] = []
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  const found = []
  for await (const event of readEventStream(streamed(bytes), (one) => retries.push(one))) {
    found.push(event)
  }
  return { found, retries }
}

async function* streamed(chunks: Uint8Array[]) {
  yield* chunks
}

const text =
  '\ufeffevent: ready\r\ndata: {}\r\n\r\n: beat\n\nid: 7\ndata:a\ndata: b\r\rdata\n\ndata: lost'

test.each([
  ['in one piece', [text]],
  ['byte by byte', [...Buffer.from(text)].map((byte) => Uint8Array.of(byte))],
  [
    'in threes',
    Buffer.from(text)
      .toString('latin1')
      .match(/.{1,3}/gs)
      ?.map((part) => Buffer.from(part, 'latin1')) ?? [],
  ],
])('events, comments, ids and ends of lines %s', async (_name, chunks) => {
  const { found } = await events(...chunks)
  expect(found).toEqual([
    { type: 'ready', data: '{}', id: '' },
    { type: 'message', data: 'a\nb', id: '7' },
    { type: 'message', data: '', id: '7' },
  ])
})

test('retry is a number, and unknown fields are left out', async () => {
  const { found, retries } = await events('retry: 5\nretry: x\nfoo: bar\nid: a\0b\ndata: é😀\n\n')
  expect(retries).toEqual([5])
  expect(found).toEqual([{ type: 'message', data: 'é😀', id: '' }])
})

test('an event of 30 MB in small chunks is read, and one without an end is not', {
  tags: ['deep'],
}, async () => {
  const part = 'x'.repeat(64 * 1024)
  const many = (count: number) => Array.from({ length: count }, () => part)
  const { found } = await events('data: ', ...many(480), '\n\n')
  expect(found[0]?.data).toHaveLength(480 * part.length)
  await expect(events('data: ', ...many(700))).rejects.toThrow('too long')
  await expect(events(...many(70).map((one) => `data: ${one.repeat(8)}\n`))).resolves.toBeDefined()
  await expect(events(...many(90).map((one) => `data: ${one.repeat(8)}\n`))).rejects.toThrow(
    'too long',
  )
})
