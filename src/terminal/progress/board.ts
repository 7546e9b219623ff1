import ora from 'ora'
import stringWidth from 'string-width'
import { cut, cutMiddle } from '../cut.js'
import type { Stream } from '../stream.js'

/** Lines on a terminal that are redrawn, behind a spinner. */
export interface Board {
  /** Draws the lines now, and then once a second, because they show running times. */
  draw(lines: () => string[]): void
  /** Makes room for a permanent line. */
  clear(): void
  /** Clears the lines and shows the cursor, while another program has the terminal. */
  pause(): void
  resume(): void
  stop(): void
}

/** Columns of the spinner and the space after it. */
const spinnerWidth = 2

export function openBoard(out: NodeJS.WriteStream, stream: Stream): Board {
  const spinner = ora({
    stream: out,
    discardStdin: false,
    isEnabled: true,
    ...(stream.hasUnicode ? {} : { spinner: 'line' as const }),
  })
  let ticking: NodeJS.Timeout | undefined
  let current: (() => string[]) | null = null
  let isPaused = false
  /** As they are on the screen. */
  let shown: string[] = []
  const show = () => {
    // A wrapped line would be redrawn at the wrong place.
    const width = stream.width - spinnerWidth - 1
    shown = (current?.() ?? []).map((line, index) =>
      // Of a name with its state, both ends matter.
      (index === 0 ? cut : cutMiddle)(line, width, stream.ellipsis),
    )
    spinner.text = shown.join('\n')
  }
  /** A terminal that became narrower has wrapped the lines: the spinner clears too few rows. */
  const onResize = () => {
    const isFirst = (index: number) => index === 0
    const extra = shown
      .map((line, index) => stringWidth(line) + (isFirst(index) ? spinnerWidth : 0))
      .reduce((rows, width) => rows + Math.max(0, Math.ceil(width / stream.width) - 1), 0)
    spinner.clear()
    if (stream.reflows && extra > 0) out.write('\u001b[1A\u001b[2K'.repeat(extra))
    show()
  }
  const end = () => {
    if (!spinner.isSpinning) return
    clearInterval(ticking)
    out.off('resize', onResize)
    spinner.stop()
  }
  const begin = () => {
    if (isPaused) return
    show()
    if (spinner.isSpinning) return
    spinner.start()
    out.on('resize', onResize)
    ticking = setInterval(show, 1000)
    ticking.unref()
  }
  return {
    draw(lines) {
      current = lines
      begin()
    },
    clear: () => void spinner.clear(),
    pause() {
      isPaused = true
      end()
    },
    resume() {
      isPaused = false
      if (current !== null) begin()
    },
    stop() {
      current = null
      end()
    },
  }
}
