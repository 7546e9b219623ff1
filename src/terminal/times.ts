import { localTime } from '../base/clock.js'
import type { Stream } from './stream.js'

/**
 * Formats ISO 8601 times for a stream: in local time without seconds for a person, unchanged for a
 * script.
 */
export const timeFormat = ({ isTerminal }: Stream): ((time: string) => string) =>
  isTerminal ? briefTime : (time) => time

const briefTime = (time: string) => localTime(Date.parse(time)).join(' ').slice(0, 16)
