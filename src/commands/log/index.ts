import { localTime } from '../../base/clock.js'
import { NotFoundError, UsageError } from '../../base/errors.js'
import { didYouMean, oneLine, plainText } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { type LogEntry, type LogLine, logNames, parseLine } from '../../logs/read.js'
import { textPage } from '../../terminal/page.js'
import { lastBytes, maxBytesFlag, noteOmitted } from '../max-bytes.js'
import { defineVerb } from '../verb.js'

type Shown =
  | { kind: 'lines'; lines: AsyncIterable<LogLine> }
  | { kind: 'end'; content: string }
  | { kind: 'entries'; entries: LogEntry[] }

export const show = defineVerb({
  name: 'show',
  summary: "show a day's log, or follow it",
  examples: [
    { command: 'wizard LOG SHOW', does: 'all logs of today, in order of time' },
    { command: 'wizard LOG SHOW sync --date yesterday', does: 'one log of another day' },
    {
      command: 'wizard LOG SHOW --follow',
      does: 'the last lines, then each that is added, until Ctrl-C',
    },
    {
      command: 'wizard LOG SHOW --json | jq \'.[] | select(.level == "ERROR")\'',
      does: 'for scripts',
    },
  ],
  args: [
    {
      name: 'log',
      summary: `${logNames.join(', ')}; default: all`,
      optional: true,
      choices: logNames,
    },
  ],
  flags: {
    date: { type: 'text', value: 'D', summary: 'YYYY-MM-DD, today or yesterday; default: today' },
    follow: { type: 'boolean', short: 'f', summary: 'keep printing new lines' },
    ...maxBytesFlag,
  },
  async run(invocation, [word], { date, follow, 'max-bytes': most }): Promise<Shown> {
    const logs = word === undefined ? logNames : [logNamed(word)]
    const { logsDir: dir } = await invocation.localConfig()
    if (follow) {
      assertFollowable(invocation, { date, most })
      const { followLogs } = await import('../../logs/follow.js')
      const { clock, signal } = invocation
      return { kind: 'lines', lines: followLogs({ dir, logs, clock, signal }) }
    }
    const day = dayOf(date ?? 'today', invocation)
    const { daysOf, readLogFiles } = await import('../../logs/read.js')
    const days = await daysOf(dir, logs)
    if (!days.includes(day)) throw nothingOf({ day, days, dir, word })
    const lines = readLogFiles(dir, logs, day)
    if (invocation.globals.json) return { kind: 'entries', entries: await lastEntries(lines, most) }
    if (most === undefined) return { kind: 'lines', lines }
    const { content, omitted } = await lastBytes(textOf(lines), most)
    noteOmitted(invocation, omitted, 'last')
    return { kind: 'end', content }
  },
  json: (shown) => (shown.kind === 'entries' ? shown.entries : []),
  isLong: ({ follow }) => !follow,
  render(shown) {
    if (shown.kind === 'entries') return { kind: 'nothing' }
    if (shown.kind === 'end') return textPage(shown.content)
    return { kind: 'text', chunks: textOf(shown.lines) }
  },
})

/** The last entries whose messages have that many bytes together. */
async function lastEntries(
  lines: AsyncIterable<LogLine>,
  most = Number.POSITIVE_INFINITY,
): Promise<LogEntry[]> {
  const kept: { entry: LogEntry; bytes: number }[] = []
  let size = 0
  for await (const line of lines) {
    const bytes = Buffer.byteLength(line.text) + 1
    kept.push({ entry: parseLine(line), bytes })
    size += bytes
    while (size > most) size -= kept.shift()?.bytes ?? size
  }
  return kept.map(({ entry }) => entry)
}

function logNamed(word: string) {
  const name = logNames.find((one) => one === word.toLowerCase())
  if (name) return name
  throw new UsageError(`no log ${oneLine(word, 60)}`, {
    hint: didYouMean(word, logNames) ?? `available: ${logNames.join(', ')}`,
  })
}

function assertFollowable(
  { globals }: Invocation,
  { date, most }: { date: string | undefined; most: number | undefined },
): void {
  if (globals.json) throw new UsageError('--follow never ends, so it excludes --json')
  if (most !== undefined) throw new UsageError('--follow never ends, so it excludes --max-bytes')
  if (date !== undefined)
    throw new UsageError('--follow and --date exclude each other: it shows today')
}

/** Counts calendar days, so that "yesterday" is right when the clocks change. */
function dayOf(date: string, { clock }: Invocation): string {
  const word = date.toLowerCase()
  if (word === 'today') return localTime(clock.now())[0]
  if (word === 'yesterday') {
    const then = new Date(clock.now())
    then.setDate(then.getDate() - 1)
    return localTime(then.getTime())[0]
  }
  if (isDay(date)) return date
  throw new UsageError(`not a date: ${oneLine(date, 60)}`, {
    hint: 'expected YYYY-MM-DD, today or yesterday',
  })
}

interface Nothing {
  day: string
  days: string[]
  dir: string
  word: string | undefined
}

function nothingOf({ day, days, dir, word = 'of any kind' }: Nothing): NotFoundError {
  const hint =
    days.length === 0 ? `${dir} has no logs` : `available: ${days.slice(0, 5).join(', ')}`
  return new NotFoundError(`no log ${word} of ${day}`, { hint })
}

async function* textOf(lines: AsyncIterable<LogLine>): AsyncGenerator<string> {
  for await (const { text } of lines) yield `${plainText(text)}\n`
}

/** In the order of the help. */
export const verbs = [show]

/** 30 February is not one, though `Date` takes it for a day of March. */
const isDay = (text: string): boolean => {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null
  return day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
