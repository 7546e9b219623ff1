import type { Emit } from '../../base/call.js'
import { plainText } from '../../base/text.js'
import type { WizardEvent } from '../../events.js'
import type { Stream } from '../stream.js'
import { activityProgress, showDelay } from './activity.js'
import type { Board } from './board.js'
import type { Handlers } from './reporting.js'
import { runProgress } from './run.js'
import { stepProgress } from './steps.js'
import { syncProgress } from './sync.js'
import { transferProgress } from './transfer.js'
import { webhookHandlers } from './webhooks.js'

export interface ProgressOptions {
  stream: Stream
  now(): number
  verbose: boolean
  /** Whether the result repeats failures, with their reasons. */
  repeats: boolean
  /** Redraws lines; null if the stream is not a terminal. */
  board: Board | null
  /** Removes secrets from a line: a build may print its variables. */
  redact(text: string): string
}

export interface Progress {
  emit: Emit<WizardEvent>
  /** Removes the live lines before anything else is printed. */
  stop(): void
  /** Removes them for a while. */
  pause(): void
  resume(): void
}

/** Milliseconds between redraws: a clone reports thousands of files a second. */
const frame = 50

/** Live lines on a terminal; otherwise one plain line per change. */
export function followProgress(options: ProgressOptions): Progress {
  const { stream, now, verbose, board, redact, repeats } = options
  const say = (line: string) => {
    board?.clear()
    const text = plainText(redact(line), { colours: stream.hasColour })
    stream.write(`${stream.asLine(text.replace(/\s*\n\s*/g, ' '))}\n`)
  }
  const context = { stream, now, verbose, isLive: board !== null, repeats, say }
  const [sync, runs] = [syncProgress(context), runProgress(context)]
  const [steps, transfers] = [stepProgress(context), transferProgress(context)]
  const activity = activityProgress(context)
  const handlers: Required<Handlers> = {
    ...activity.handlers,
    ...sync.handlers,
    ...runs.handlers,
    ...steps.handlers,
    ...transfers.handlers,
    ...webhookHandlers(context),
    waiting: ({ message }) => say(message),
    warning: ({ message }) => say(stream.paint('warning', `warning: ${message}`)),
    request: ({ message }) => {
      if (verbose) say(stream.paint('faint', message))
    },
  }
  const lines = () => {
    const known = [sync, runs, steps, transfers].flatMap((one) => one.lines())
    const shown = known.length > 0 ? known : activity.lines()
    return shown.map((line) => stream.legible(plainText(line)))
  }
  let drawn = Number.NEGATIVE_INFINITY
  const draw = (board: Board) => {
    if (lines().length === 0) return board.stop()
    drawn = now()
    board.draw(lines)
  }
  let waking: NodeJS.Timeout | undefined
  /** Draws what takes its time, once it does. */
  const wake = (board: Board) => {
    waking ??= setTimeout(() => {
      waking = undefined
      draw(board)
    }, showDelay).unref()
  }
  return {
    emit(event) {
      ;(handlers[event.type] as (event: WizardEvent) => void)(event)
      if (!board) return
      if (event.type === 'activity' && event.message !== null) return wake(board)
      const isDue = !event.type.endsWith('-progress') || now() - drawn >= frame
      if (isDue) draw(board)
    },
    pause: () => board?.pause(),
    resume: () => board?.resume(),
    stop() {
      clearTimeout(waking)
      waking = undefined
      board?.stop()
      for (const line of runs.closing()) stream.write(`${stream.asLine(plainText(line))}\n`)
    },
  }
}
