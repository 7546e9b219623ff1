import { describe, expect, it } from 'vitest'
import { followProgress } from '../../../src/terminal/progress/progress.js'
import { openStream } from '../../../src/terminal/stream.js'
import { recorder } from '../support.js'

/** A board that records every text, and a fixed time. */
function follow() {
  const drawn: string[] = []
  const board = {
    clear() {},
    pause() {},
    resume() {},
    stop() {},
    draw: (lines: () => string[]) => void drawn.push(lines().join('\n')),
  }
  const time = { now: 0 }
  const written = recorder(80)
  const { emit } = followProgress({
    stream: openStream(written.stream, { LANG: 'C.UTF-8' }, true),
    now: () => time.now,
    verbose: false,
    repeats: false,
    redact: (text) => text,
    board,
  })
  emit({ type: 'sync-planned', total: 2 })
  emit({ type: 'repository-started', repo: 'uDOS/typo', path: '/typo', action: 'clone' })
  const checkOut = (done: number) =>
    emit({
      type: 'repository-progress',
      repo: 'uDOS/typo',
      path: '/typo',
      progress: { phase: 'checkout', bytes: 0, done, total: 3000 },
    })
  return { drawn, time, emit, checkOut, text: written.text }
}

describe('live lines', () => {
  it('are not drawn for every file', () => {
    const { drawn, time, checkOut } = follow()
    const before = drawn.length
    for (let done = 1; done <= 1000; done++) checkOut(done)
    expect(drawn.length - before).toBe(0)
    time.now += 50
    checkOut(1001)
    expect(drawn.at(-1)).toBe(
      '0/2 repositories, 1 in hand, 1 queued, 0 s\n    uDOS/typo  checkout 1001 of 3000 (33 %), 0 s',
    )
  })

  it('are drawn at once for whatever begins', () => {
    const { drawn, emit } = follow()
    emit({ type: 'repository-started', repo: 'uDOS/micro', path: '/micro', action: 'pull' })
    expect(drawn.at(-1)).toContain('uDOS/micro  connecting')
  })
})

it('what stays is one line, whatever a name from elsewhere holds', () => {
  const { emit, text } = follow()
  const name = 'a\n::error::b'
  emit({ type: 'transfer-done', direction: 'download', name, size: 1, status: 'downloaded' })
  expect(text()).toContain('  a ::error::b downloaded (1 B)\n')
})
