/** What the clock on a wall shows, as milliseconds since 1970 if it were UTC. */
export type WallTime = number

const msOfDay = 86_400_000

/** @param timezone of the IANA database; null: local time */
export const wallTimeAt = (time: number, timezone: string | null): WallTime =>
  time + offsetAt(time, timezone)

/**
 * When a wall clock shows a time: the first time if it comes twice, and the moment of the jump if
 * the clock jumps over it.
 */
export function whenWallTimeIs(wall: WallTime, timezone: string | null): number {
  // No zone changes its clock twice within two days.
  const before = wall - offsetAt(wall - msOfDay, timezone)
  const after = wall - offsetAt(wall + msOfDay, timezone)
  const right = [before, after].filter((time) => wallTimeAt(time, timezone) === wall)
  return right.length > 0 ? Math.min(...right) : jumpBetween(after, before, timezone)
}

/** When the offset changes, to the second. */
function jumpBetween(from: number, to: number, timezone: string | null): number {
  let [low, high] = [Math.min(from, to), Math.max(from, to)]
  const old = offsetAt(low, timezone)
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (offsetAt(middle, timezone) === old) low = middle
    else high = middle
  }
  return high
}

/** Milliseconds that a zone's clock is ahead of UTC. */
export function offsetAt(time: number, timezone: string | null): number {
  if (timezone === null) return -new Date(time).getTimezoneOffset() * 60_000
  const parts = formatOf(timezone).formatToParts(time)
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value)
  const date = Date.UTC(part('year'), part('month') - 1, part('day'))
  const seconds = (part('hour') * 60 + part('minute')) * 60 + part('second')
  return date + seconds * 1000 - Math.floor(time / 1000) * 1000
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  formats.set(timeZone, made)
  return made
}
