import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { followLogs } from '../../src/logs/follow.js'
import { daysOf, type LogLine, logNames, parseLine, readLogFiles } from '../../src/logs/read.js'
import { testClock } from '../support/clock.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wizard-logs-'))
})
afterEach(() => rm(dir, { recursive: true }))

const at = (log: string, day = '2026-01-14') => join(dir, `github-${log}-${day}.log`)
const line = (time: string, text: string, log = 'SYNC') =>
  `[2026-01-14 ${time}] [INFO] [${log}] ${text}`
const textsOf = async (lines: AsyncIterable<LogLine>) => {
  const texts: string[] = []
  for await (const { text } of lines) texts.push(text)
  return texts
}

describe('readLogs', () => {
  it('puts several logs in the order of their times, and keeps odd lines where they stand', async () => {
    const sync = [line('10:00:00', 'one'), 'odd', line('10:00:02', 'three')]
    await writeFile(at('sync'), `${sync.join('\n')}\n`)
    await writeFile(
      at('api'),
      `${line('10:00:01', 'two', 'API')}\n${line('10:00:03', 'four', 'API')}`,
    )
    expect(await textsOf(readLogFiles(dir, logNames, '2026-01-14'))).toEqual([
      line('10:00:00', 'one'),
      'odd',
      line('10:00:01', 'two', 'API'),
      line('10:00:02', 'three'),
      line('10:00:03', 'four', 'API'),
    ])
    expect(await daysOf(dir, ['sync'])).toEqual(['2026-01-14'])
    expect(await daysOf(join(dir, 'nowhere'), logNames)).toEqual([])
  })

  it('makes data of a line, and of one that is none of ours a message', () => {
    const local = new Date('2026-01-14T10:00:00').toISOString()
    expect(parseLine({ log: 'sync', text: line('10:00:00', 'one [x] two') })).toEqual({
      time: local,
      level: 'INFO',
      log: 'sync',
      message: 'one [x] two',
    })
    expect(parseLine({ log: 'api', text: 'odd' })).toMatchObject({ time: null, message: 'odd' })
  })
})

describe('followLogs', () => {
  /** Runs one step during each sleep of the follower, and interrupts it after the last one. */
  async function follow(steps: (() => Promise<unknown>)[], days: string[] = []): Promise<string[]> {
    const interrupt = new AbortController()
    let now = new Date('2026-01-14T10:00:00').getTime()
    const clock = {
      ...testClock(),
      now: () => now,
      async sleep() {
        const step = steps.shift()
        if (step === undefined) interrupt.abort(new Error('interrupted'))
        interrupt.signal.throwIfAborted()
        await step?.()
        const day = days.shift()
        if (day) now = new Date(`${day}T00:00:00`).getTime()
      },
    }
    const texts: string[] = []
    const read = async () => {
      for await (const { text } of followLogs({
        dir,
        logs: ['sync'],
        clock,
        signal: interrupt.signal,
      })) {
        texts.push(text)
      }
    }
    await expect(read()).rejects.toThrow('interrupted')
    return texts
  }

  it('shows the last lines, what is added, and a line once it is whole', async () => {
    const before = Array.from({ length: 2000 }, (_, index) => line('09:00:00', `before ${index}`))
    await writeFile(at('sync'), `${before.join('\n')}\n`)
    const euro = Buffer.from('€\n')
    const found = await follow([
      () => appendFile(at('sync'), 'half '),
      () => appendFile(at('sync'), euro.subarray(0, 2)),
      () => appendFile(at('sync'), euro.subarray(2)),
    ])
    expect(found).toEqual([...before.slice(-20), 'half €'])
  })

  it('waits for a file that is not there, and begins again one that was cut or replaced', async () => {
    const found = await follow([
      () => writeFile(at('sync'), 'first\n'),
      () => truncate(at('sync'), 0),
      () => appendFile(at('sync'), '2\n'),
      async () => {
        await writeFile(join(dir, 'new'), 'third\nmore\n')
        await rename(join(dir, 'new'), at('sync'))
      },
    ])
    expect(found).toEqual(['first', '2', 'third', 'more'])
  })

  it("reads the old day's file to its end, and goes on with the next day's", async () => {
    await writeFile(at('sync'), 'old\n')
    const found = await follow(
      [
        async () => {
          await appendFile(at('sync'), 'last\n')
          await writeFile(at('sync', '2026-01-15'), 'new\n')
        },
        async () => undefined,
      ],
      ['2026-01-15'],
    )
    expect(found).toEqual(['old', 'last', 'new'])
  })
})
