import { describe, expect, it } from 'vitest'
import { createWire } from '../../../src/github/transport/wire.js'
import type { Dispatcher } from '../../../src/http/dispatcher.js'
import type { Fetch } from '../../../src/http/fetch.js'
import { get } from '../support.js'

const dispatcher = {} as Dispatcher

function answering(body: AsyncIterable<Uint8Array> | null): Fetch {
  return async () => ({ status: 200, headers: new Map([['etag', '"1"']]), body })
}

describe('createWire', () => {
  it('gives status, headers and the whole body', async () => {
    async function* parts() {
      yield Buffer.from('a')
      yield Buffer.from('b')
    }
    expect(await createWire(answering(parts()), dispatcher)(get('/x'))).toEqual({
      status: 200,
      headers: { etag: '"1"' },
      body: Buffer.from('ab'),
      url: new URL('https://api.test/x'),
    })
    expect((await createWire(answering(null), dispatcher)(get())).body).toHaveLength(0)
  })

  it('does not read for ever', async () => {
    const part = Buffer.alloc(16 * 1024 * 1024)
    let read = 0
    async function* endless() {
      for (; read < 100; read++) yield part
    }
    const sent = createWire(answering(endless()), dispatcher)(get())
    await expect(sent).rejects.toThrow('its answer is too long')
    expect(read).toBeLessThan(20)
  })
})
