import { describe, expect, it } from 'vitest'
import { firstBytes, lastBytes } from '../../src/commands/max-bytes.js'

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const text = 'one\ntwo\nthree\n日本語\n'

describe('the first bytes', () => {
  it.each([
    [100, text],
    [8, 'one\ntwo\n'],
    [9, 'one\ntwo\n'],
    [2, 'on'],
  ])('%d end with a line, or within the only one', (most, start) => {
    const bytes = Buffer.from(text)
    const { content, omitted } = firstBytes(bytes, most)
    expect(content.toString()).toBe(start)
    expect(content.length + omitted).toBe(bytes.length)
  })

  it('cut no character', () => {
    expect(firstBytes(Buffer.from('日本語'), 4).content.toString()).toBe('日')
    expect(firstBytes(Buffer.from('日本語'), 2).content.toString()).toBe('')
  })
})

describe('the last bytes', () => {
  it.each([1, 3, 100])('begin with a line, in pieces of %d', async (size) => {
    const total = Buffer.byteLength(text)
    for (let most = 1; most <= total + 1; most++) {
      const { content, omitted } = await lastBytes(pieces(text, size), most)
      expect(Buffer.byteLength(content) + omitted).toBe(total)
      expect(Buffer.byteLength(content)).toBeLessThanOrEqual(most)
      expect(text.endsWith(content)).toBe(true)
      if (most > 10) expect(text.at(-content.length - 1) ?? '\n').toBe('\n')
    }
  })

  it('keep no more than they need', async () => {
    async function* endless() {
      for (let count = 0; count < 20_000; count++) yield 'x'.repeat(10_000)
    }
    const before = process.memoryUsage().rss
    const { content, omitted } = await lastBytes(endless(), 1000)
    expect([content.length, omitted]).toEqual([1000, 200_000_000 - 1000])
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })
})
