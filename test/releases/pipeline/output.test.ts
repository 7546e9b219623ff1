import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../src/releases/pipeline/command.js'

async function batchesOf(chunks: readonly (string | Buffer)[]): Promise<string[][]> {
  const input = new PassThrough()
  const batches: string[][] = []
  const ended = readLines(input, (lines) => batches.push([...lines]))
  for (const chunk of chunks) {
    input.write(chunk)
    // Each chunk arrives by itself, as from a pipe.
    await new Promise(setImmediate)
  }
  input.end()
  await ended
  return batches
}

const euro = Buffer.from('€')

describe('readLines', () => {
  it.each<[string, (string | Buffer)[], string[][]]>([
    ['gives the lines of a chunk together', ['a\nb\nc\n', 'd\n'], [['a', 'b', 'c'], ['d']]],
    ['joins a line of several chunks', ['a', 'b', 'c\nd\n'], [['abc', 'd']]],
    ['gives an unfinished last line', ['a\nb'], [['a'], ['b']]],
    ['keeps empty lines', ['\n\na\n'], [['', '', 'a']]],
    ['ends a line at CR LF once', ['a\r\nb\r', '\nc\r'], [['a'], ['b'], ['c']]],
    ['ends a line at a lone CR, as progress bars do', ['1%\r2%\r', '3%\n'], [['1%'], ['2%', '3%']]],
    ['joins a character of two chunks', [euro.subarray(0, 1), euro.subarray(1)], [['€']]],
    ['gives nothing of no output', [], []],
  ])('%s', async (_name, chunks, batches) => {
    expect(await batchesOf(chunks)).toEqual(batches)
  })

  it('gives a line without end in parts, cut behind a space', async () => {
    const word = 'x'.repeat(999)
    const chunk = `${word} `.repeat(64)
    const batches = await batchesOf(Array.from({ length: 40 }, () => chunk))
    const [first = ''] = batches.flat()
    expect(first).toHaveLength(Math.floor((1024 * 1024) / 1000) * 1000)
    expect(batches.flat().join('')).toBe(chunk.repeat(40))
  })

  it('gives the rest of an output that is closed before its end', async () => {
    const input = new PassThrough()
    const lines: string[] = []
    const ended = readLines(input, (some) => lines.push(...some))
    input.write('one\ntwo')
    await new Promise(setImmediate)
    input.destroy()
    await ended
    expect(lines).toEqual(['one', 'two'])
  })
})
