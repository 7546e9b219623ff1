import { ConflictError } from '../../base/errors.js'
import { type CrontabBlock, ourCommands, remark } from './lines.js'

/** A crontab, one character per byte: everything outside our block stays as it is. */
export type CrontabText = string

export const toBytes = (text: string): CrontabText => Buffer.from(text, 'utf8').toString('latin1')
export const fromBytes = (text: CrontabText): string => Buffer.from(text, 'latin1').toString('utf8')

type Marks = Pick<CrontabBlock, 'begin' | 'end'>

interface Found {
  /** The start of the first mark. */
  start: number
  /** The end of the second mark's line. */
  end: number
  lines: string[]
}

/** Marks that the line end above the block is ours too. */
const joined = `${remark}the line above had no end`

/** The lines of the block; null if there is none. @throws ConflictError as withBlock */
export function blockIn(text: CrontabText, marks: Marks): string[] | null {
  const found = findBlock(text, marks)
  return found?.lines.filter((line) => line !== joined) ?? null
}

/**
 * Inserts or replaces the block; every other byte stays.
 *
 * @throws ConflictError if the existing block is damaged, or has a line that is not ours
 */
export function withBlock(text: CrontabText, block: CrontabBlock): CrontabText {
  const found = findBlock(text, block)
  if (found === null) {
    const cut = text !== '' && !text.endsWith('\n')
    const [begin, ...rest] = block.lines
    const lines = cut ? [begin, joined, ...rest] : block.lines
    return `${text}${cut ? '\n' : ''}${toBytes(lines.map((line) => `${line}\n`).join(''))}`
  }
  const [begin, ...rest] = block.lines
  const lines = found.lines.includes(joined) ? [begin, joined, ...rest] : block.lines
  const written = toBytes(lines.map((line) => `${line}\n`).join(''))
  return text.slice(0, found.start) + written + text.slice(found.end)
}

/** Removes the block and restores the original text. @throws ConflictError as withBlock */
export function withoutBlock(text: CrontabText, marks: Marks): CrontabText {
  const found = findBlock(text, marks)
  if (found === null) return text
  const before = text.slice(0, found.start)
  const after = text.slice(found.end)
  // If something was added below since, the line end is still needed.
  const isOurs = found.lines.includes(joined) && after === '' && before.endsWith('\n')
  return isOurs ? before.slice(0, -1) : before + after
}

function findBlock(text: CrontabText, { begin, end }: Marks): Found | null {
  const lines = linesOf(text)
  const begins = lines.filter(({ line }) => line === begin)
  const ends = lines.filter(({ line }) => line === end)
  if (begins.length === 0 && ends.length === 0) return null
  const [first] = begins
  const [last] = ends
  if (begins.length > 1 || ends.length > 1 || !first || !last || last.index < first.index) {
    throw damaged([...begins, ...ends].map(({ index }) => index + 1))
  }
  const block = lines.slice(first.index, last.index + 1)
  const foreign = block.slice(1, -1).find(({ line }) => !isOurs(line))
  if (foreign) throw notOurs(foreign)
  return { start: first.start, end: last.end, lines: block.map(({ line }) => line) }
}

interface Line {
  index: number
  start: number
  end: number
  /** Without its line end (LF or CRLF). */
  line: string
}

function linesOf(text: CrontabText): Line[] {
  const lines: Line[] = []
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found + 1
    const line = fromBytes(text.slice(start, end).replace(/\r?\n$/, ''))
    lines.push({ index: lines.length, start, end, line })
    start = end
  }
  return lines
}

const isOurs = (line: string) =>
  line.startsWith(remark) || ourCommands.some((command) => line.includes(command))

const damaged = (lines: number[]) =>
  new ConflictError(
    `wizard's block in the crontab is damaged: one mark of a pair is missing or doubled (line ${lines.sort((one, other) => one - other).join(', ')})`,
    {
      hint: "nothing was changed; with `crontab -e` remove wizard's lines, from BEGIN to END, and INSTALL again",
    },
  )

const notOurs = ({ index, line }: Line) =>
  new ConflictError(`line ${index + 1} of the crontab is inside wizard's block: ${line}`, {
    hint: 'nothing was changed; with `crontab -e` move it above the block or below it',
  })

const shells = /(?:^|\/)(?:sh|bash|dash|ash|ksh|zsh)$/

/**
 * Lines above the block that also apply to it and may change how it runs. MAILTO is not among them,
 * because it is meant to apply.
 */
export function inheritedAt(text: CrontabText, { begin }: Pick<CrontabBlock, 'begin'>): string[] {
  const lines = fromBytes(text).split(/\r?\n/)
  const at = lines.indexOf(begin)
  const above = at === -1 ? lines : lines.slice(0, at)
  const settings = new Map<string, { value: string; line: number }>()
  for (const [index, line] of above.entries()) {
    const [, name, value] = /^\s*["']?(\w+)["']?\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    settings.set(name, { value: value.replaceAll(/^["']|["']$/g, ''), line: index + 1 })
  }
  const warnings: string[] = []
  const warn = (name: string, consequence: string) => {
    const { value, line } = settings.get(name) ?? { value: '', line: 0 }
    warnings.push(`line ${line} of the crontab sets ${name}=${value}, so ${consequence}`)
  }
  if (settings.has('CRON_TZ')) warn('CRON_TZ', 'runs start by that clock')
  if (settings.has('TZ')) warn('TZ', 'due times follow that clock')
  const shell = settings.get('SHELL')
  if (shell && !shells.test(shell.value)) warn('SHELL', 'it runs the command instead of sh')
  return warnings
}
