import { oneLine } from '../../base/text.js'
import { formatLength } from '../times.js'
import type { Handlers, ProgressContext } from './reporting.js'

/** Reports the steps of a release or an installation, and the output of their commands. */
export function stepProgress({ now, say, stream }: ProgressContext) {
  let step: { message: string; since: number } | null = null
  const handlers = {
    step: ({ message }) => {
      step = { message, since: now() }
      say(message)
    },
    'command-output': ({ line }) => say(stream.paint('faint', line)),
  } satisfies Handlers
  return {
    handlers,
    /** How long the last step takes already. */
    lines: () =>
      step === null
        ? []
        : [`${oneLine(step.message, 40)}, ${formatLength((now() - step.since) / 1000)}`],
  }
}
