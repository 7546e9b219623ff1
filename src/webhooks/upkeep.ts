import { reportError } from '../base/error-report.js'
import type { WebhookSession } from './session.js'

/**
 * Does something again and again, for months: a failure is a line in the log, and the next time may
 * succeed.
 *
 * @param milliseconds between the end of one time and the next
 * @returns ends it, and waits for one that is under way
 */
export function repeat(
  { clock, log }: Pick<WebhookSession, 'clock' | 'log'>,
  milliseconds: number,
  act: () => Promise<unknown>,
): () => Promise<void> {
  let isOver = false
  let underWay = Promise.resolve()
  let unset = () => {}
  const next = () => {
    unset = clock.after(milliseconds, () => {
      underWay = once()
      return underWay
    })
  }
  const once = async () => {
    try {
      await act()
    } catch (error) {
      log.write('webhooks', 'WARN', reportError(error).message)
    }
    if (!isOver) next()
  }
  next()
  return () => {
    isOver = true
    unset()
    return underWay
  }
}
