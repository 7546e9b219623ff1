import { localTime } from '../base/clock.js'
import type { Stream } from './stream.js'

/** How a stream shows a time in ISO 8601: a person sees it to the minute and in local time, a script as it is. */
export const timeFormat = ({ isTerminal }: Stream): ((time: string) => string) =>
  isTerminal ? briefTime : (time) => time

const briefTime = (time: string) => localTime(Date.parse(time)).join(' ').slice(0, 16)
