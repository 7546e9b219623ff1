import cronstrue from 'cronstrue'

/** A schedule as one would say it: `every day at 00:00`. */
export function inWords(schedule: string): string {
  const text = cronstrue.toString(schedule.trim().toLowerCase(), { use24HourTimeFormat: true })
  const said = text.slice(0, 1).toLowerCase() + text.slice(1)
  return /^at [\d:]+$/.test(said) ? `every day ${said}` : said
}
