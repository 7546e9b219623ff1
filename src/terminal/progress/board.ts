import ora from 'ora'
import { cut } from '../cut.js'
import type { Stream } from '../stream.js'

/** Lines on a terminal that are redrawn, behind a spinner. */
export interface Board {
  /** Draws the lines now, and then once a second, because they show running times. */
  draw(lines: () => string[]): void
  /** Makes room for a permanent line. */
  clear(): void
  stop(): void
}

/** Columns of the spinner and the space after it. */
const spinnerWidth = 2

export function openBoard(out: NodeJS.WriteStream, stream: Stream): Board {
  const spinner = ora({ stream: out, discardStdin: false, isEnabled: true })
  let ticking: NodeJS.Timeout | undefined
  const show = (lines: () => string[]) => {
    // A wrapped line would be redrawn at the wrong place.
    const width = stream.width - spinnerWidth - 1
    spinner.text = lines()
      .map((line) => cut(line, width))
      .join('\n')
  }
  return {
    draw(lines) {
      show(lines)
      if (spinner.isSpinning) return
      spinner.start()
      ticking = setInterval(show, 1000, lines)
      ticking.unref()
    },
    clear: () => void spinner.clear(),
    stop() {
      clearInterval(ticking)
      spinner.stop()
    },
  }
}
