import { followProgress } from '../../../src/terminal/progress/progress.js'
import { openStream } from '../../../src/terminal/stream.js'
import { recorder } from '../support.js'

export interface FollowOptions {
  /** Whether lines can be redrawn. */
  live?: boolean
  /** Whether the result repeats failures. */
  repeats?: boolean
}

/** A progress with a given time; its last live lines, and its permanent ones. */
export function follow({ live = true, repeats = false }: FollowOptions = {}) {
  let lines: () => string[] = () => []
  const drawn: string[] = []
  const time = { now: 0 }
  const { stream, text } = recorder(80)
  const board = {
    clear() {},
    pause() {},
    resume() {},
    stop() {
      lines = () => []
    },
    draw(now: () => string[]) {
      lines = now
      drawn.push(now().join('\n'))
    },
  }
  const progress = followProgress({
    stream: openStream(stream, { LANG: 'C.UTF-8' }, true),
    now: () => time.now,
    verbose: false,
    repeats,
    redact: (text) => text,
    board: live ? board : null,
  })
  return { ...progress, time, text, drawn, lines: () => lines() }
}
