import { localTime } from '../base/clock.js'
import type { Stream } from './stream.js'

/**
 * Formats ISO 8601 times for a stream: in local time without seconds for a person, unchanged for a
 * script; empty for null.
 */
export const timeFormat =
  ({ isTerminal }: Stream) =>
  (time: string | null): string =>
    isTerminal && time !== null ? briefTime(time) : (time ?? '')

/** Formats seconds for a stream: `2m 3s` for a person, the number for a script. */
export const lengthFormat =
  ({ isTerminal }: Stream) =>
  (seconds: number | null): string => {
    if (seconds === null) return ''
    return isTerminal ? formatLength(seconds) : String(seconds)
  }

/** `8 s`, `2m 3s`, `1h 5m`. @param seconds whole or not */
export function formatLength(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  if (hours > 0) return `${hours}h ${minutes}m`
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole} s`
}

const briefTime = (time: string) => localTime(Date.parse(time)).join(' ').slice(0, 16)
