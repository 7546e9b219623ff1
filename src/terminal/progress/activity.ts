import { formatLength } from '../times.js'
import type { Handlers, ProgressContext } from './reporting.js'

/** Milliseconds: what is over sooner is not shown, because it would only flicker. */
export const showDelay = 500

/** Reports what takes its time where nothing else is shown: mostly an answer that does not come. */
export function activityProgress({ now }: ProgressContext) {
  let current: { message: string; since: number } | null = null
  const handlers = {
    activity: ({ message }) => {
      if (message === null) current = null
      else current = { message, since: current?.since ?? now() }
    },
  } satisfies Handlers
  return {
    handlers,
    lines() {
      if (current === null) return []
      const lasts = now() - current.since
      return lasts < showDelay ? [] : [`${current.message}, ${formatLength(lasts / 1000)}`]
    },
  }
}
