import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { marks } from '../../terminal/marks.js'
import type { Page } from '../../terminal/page.js'
import type {
  Delivery,
  DeliveryWithRuns,
  HandlerRun,
  ListedDelivery,
} from '../../webhooks/delivery.js'
import type { FlagSpec } from '../flags.js'
import type { ArgumentSpec, PartialFailure } from '../verb.js'

export const idsArgument: ArgumentSpec = {
  name: 'id',
  summary: "wizard's number, GitHub's delivery id, or 8 or more of its first characters",
  optional: true,
  variadic: true,
}

export const hookTargetArgument: ArgumentSpec = {
  name: 'target',
  summary: 'owner/repo, or an organization',
}

export const hookFlag = {
  type: 'text',
  value: 'ID',
  summary: "the hook; default: the only one, or that of webhooks.yaml's path",
} as const satisfies FlagSpec

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds: `90s`, `10m`, `12h`, `3d`. @throws UsageError */
export function parseSpan(text: string, flag: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/i.exec(text.trim()) ?? []
  if (digits !== undefined && unit !== undefined) {
    return Number(digits) * units[unit.toLowerCase() as keyof typeof units]
  }
  throw new UsageError(`--${flag} ${oneLine(text, 60)} is not a duration`, {
    hint: 'for example 90s, 10m, 12h or 3d',
  })
}

/** Milliseconds since 1970: a date, a time in ISO 8601, or a span before now. @throws UsageError */
export function parseSince(text: string, now: number): number {
  if (/^\d{1,9}[smhd]$/i.test(text.trim())) return now - parseSpan(text, 'since')
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new UsageError(`--since ${oneLine(text, 60)} is not a time`, {
    hint: 'for example 2026-01-14, 2026-01-14T10:00:00Z, 12h or 3d',
  })
}

/** One delivery a line. */
export function deliveriesPage(list: ListedDelivery[], { terminal }: Invocation): Page {
  const timeOf = terminal.ageOf
  return {
    kind: 'table',
    columns: [
      { title: 'ID', align: 'right' },
      { title: 'RECEIVED', spare: 4 },
      { title: 'EVENT', cut: 'middle' },
      { title: 'REPOSITORY', cut: 'middle' },
      { title: 'REF', cut: 'middle', spare: 3 },
      { title: 'STATUS', tone: toneOf },
      { title: 'HANDLERS', cut: 'end', spare: 2 },
      { title: 'DELIVERY', cut: 'middle', spare: 1 },
    ],
    rows: list.map((one) => [
      String(one.id),
      timeOf(one.received_at),
      eventOf(one),
      one.repo ?? '',
      shortRef(one),
      one.status,
      one.handlers.length > 0
        ? one.handlers.map(({ handler, status }) => `${handler} ${status}`).join(', ')
        : (one.reason ?? ''),
      one.delivery,
    ]),
    empty: 'no deliveries found',
  }
}

/** One delivery, and a line for each of its runs. */
export function deliveryLines(one: DeliveryWithRuns, { terminal }: Invocation): string[] {
  const timeOf = terminal.momentOf
  const times = one.times_received > 1 ? `, received ${one.times_received} times` : ''
  const why = one.reason === null ? '' : ` (${one.reason})`
  return [
    `${one.id}  ${eventOf(one)} ${[one.repo, shortRef(one)].filter(Boolean).join(' ')}`.trimEnd(),
    `    ${one.status}${why}, received ${timeOf(one.received_at)}${times}, ${one.bytes} bytes, ${one.delivery}`,
    ...one.runs.map((run) => `    ${runLine(run, timeOf)}`),
  ]
}

function runLine(run: HandlerRun, timeOf: (time: string) => string): string {
  const mark = run.status === 'done' ? marks.good : run.status === 'dead' ? marks.bad : '·'
  const attempts = run.attempts > 1 ? `, ${run.attempts} attempts` : ''
  const next = run.next_at === null ? '' : `, again at ${timeOf(run.next_at)}`
  const why = run.error === null ? '' : `: ${run.error.message}`
  return `${mark} ${run.handler} ${run.status}${attempts}${next}${why}`
}

export const eventOf = ({ event, action }: Delivery) =>
  action === null ? event : `${event}:${action}`

const shortRef = ({ ref }: Delivery) => ref?.replace(/^refs\/(?:heads|tags)\//, '') ?? ''

export const toneOf = (status: string) =>
  status === 'done'
    ? 'good'
    : status === 'dead'
      ? 'bad'
      : status === 'retry'
        ? 'warning'
        : undefined

/** The first run that is dead says why. */
export function deadFailure(list: DeliveryWithRuns[]): PartialFailure | null {
  const dead = list.find(({ status }) => status === 'dead')
  if (dead === undefined) return null
  const run = dead.runs.find(({ status }) => status === 'dead')
  const why = run === undefined ? dead.reason : `${run.handler}: ${run.error?.message}`
  return { code: 'FAILED', message: `delivery ${dead.id} is dead: ${why}` }
}
