import { z } from 'zod/mini'

/** Bytes: `25MiB`, `2GiB`, or their number. */
export const size = (most = Number.MAX_SAFE_INTEGER, shown = '') =>
  z.pipe(
    z.union([z.string(), z.number()]).check(
      z.refine((value) => inRange(bytesOf(value), most), {
        error: `expected a size${shown && ` of at most ${shown}`}, such as 512KiB or 25MiB`,
      }),
    ),
    z.transform(bytesOf),
  )

/** Days: `30d`, at least so many. */
export const days = (least: number) =>
  z.pipe(
    z.union([z.string(), z.number()]).check(
      z.refine((value) => daysOf(value) >= least, {
        error: `expected days, at least ${least}d, such as 30d`,
      }),
    ),
    z.transform(daysOf),
  )

const units = { '': 1, b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }

function bytesOf(value: string | number): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim()) ?? []
  const factor = units[unit.toLowerCase() as keyof typeof units]
  return digits === undefined || factor === undefined
    ? Number.NaN
    : Math.floor(Number(digits) * factor)
}

const inRange = (bytes: number, most: number) => bytes >= 1 && bytes <= most

function daysOf(value: string | number): number {
  const [, digits] = /^(\d{1,5})d$/i.exec(String(value).trim()) ?? []
  return digits === undefined ? Number.NaN : Number(digits)
}
