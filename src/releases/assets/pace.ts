import type { Clock } from '../../base/clock.js'

/** So many go at once; a release of a few files is not held up. */
const free = 50
/** Milliseconds between those after them: 75 a minute, where GitHub allows about 80. */
const between = 800

/**
 * Spaces out what creates content. A secondary rate limit that is met all the same is waited for by the transport.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 *
 * @param host servers of one's own have no such limit, unless their owner sets one
 */
export function createPace(
  clock: Clock,
  host: string,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  const isLimited = /(?:^|\.)(?:github\.com|ghe\.com)$/.test(host)
  let begun = 0
  let next = 0
  return async () => {
    begun++
    if (!isLimited || begun <= free) return
    next = Math.max(clock.now(), next + between)
    const wait = next - clock.now()
    if (wait > 0) await clock.sleep(wait, signal)
  }
}
