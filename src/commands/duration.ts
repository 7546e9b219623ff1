import { UsageError } from '../base/errors.js'

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Milliseconds of `90m`, `24h`, `7d`; a bare number is seconds. @throws UsageError */
export function parseDuration(flag: string, text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhdw])?$/i.exec(text) ?? []
  const seconds = units[unit.toLowerCase()]
  if (number === undefined || seconds === undefined) {
    throw new UsageError(`${flag} ${text} is no length of time`, {
      hint: 'for example 90m, 24h or 7d',
    })
  }
  return Number(number) * seconds * 1000
}
