import { formatSpan } from '../base/clock.js'
import type { Stream } from './stream.js'

/** Formats ISO 8601 times for a stream; they are unchanged for a script, and empty for null. */
export type TimeFormat = (time: string | null) => string

const timeFormat =
  (format: (milliseconds: number) => string) =>
  ({ isTerminal }: Stream): TimeFormat =>
  (time) =>
    isTerminal && time !== null ? format(Date.parse(time)) : (time ?? '')

/** For a table: `6 minutes ago`. @param now in milliseconds since 1970 */
export const ageFormat = (stream: Stream, now: number): TimeFormat =>
  timeFormat((time) => formatAge(time, now))(stream)

/** For one thing: `2026-01-14 10:00 +01:00 (6 minutes ago)`. */
export const momentFormat = (stream: Stream, now: number): TimeFormat =>
  timeFormat((time) => `${formatLocal(time)} (${formatAge(time, now)})`)(stream)

/** For a plan: `2026-01-14 10:00 +01:00`. */
export const localFormat = timeFormat(formatLocal)

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

/** The time that a command took: `0.3 s`, `7 s`, `2m 3s`. */
export const formatTook = (milliseconds: number): string =>
  milliseconds < 1000
    ? `${Math.max(0.1, milliseconds / 1000).toFixed(1)} s`
    : formatLength(milliseconds / 1000)

/** `6 minutes ago`, `in 5 hours`, `just now`. Both are in milliseconds since 1970. */
export function formatAge(time: number, now: number): string {
  const distance = now - time
  if (Math.abs(distance) < 60_000) return distance < 0 ? 'in less than a minute' : 'just now'
  return distance > 0 ? `${formatSpan(distance)} ago` : `in ${formatSpan(distance)}`
}

/** `2026-01-14 10:00 +01:00`: the local time with its distance from UTC (RFC 3339). */
function formatLocal(milliseconds: number): string {
  const offset = -new Date(milliseconds).getTimezoneOffset()
  const local = new Date(milliseconds + offset * 60_000).toISOString()
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`
  return `${local.slice(0, 10)} ${local.slice(11, 16)} ${zone}`
}
