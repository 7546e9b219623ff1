import { join } from 'node:path'
import { ConfigError, NotFoundError, UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { isOk, type RepositoryStatus } from '../../repos/report.js'
import type { Column } from '../../terminal/fit.js'
import type { Tone } from '../../terminal/stream.js'
import type { Terminal } from '../../terminal/terminal.js'
import { defineVerb } from '../verb.js'
import { isFolder, looksLikePath, withFolders } from './folders.js'
import { failureOf, formatCounts } from './shared.js'

const tones: Partial<Record<string, Tone>> = {
  'up-to-date': 'good',
  behind: 'warning',
  ahead: 'warning',
  diverged: 'bad',
  blocked: 'bad',
  missing: 'bad',
}

export const status = defineVerb({
  name: 'status',
  summary: 'compare local clones with GitHub',
  examples: [
    {
      command: 'wizard REPO STATUS',
      does: 'all repositories; CHANGES +2 ~1 ?3 $1 are 2 staged, 1 unstaged and 3 untracked paths, and 1 stash',
    },
    {
      command: 'wizard REPO STATUS --offline',
      does: 'compare with the last pull; sends no request',
    },
    {
      command: 'wizard REPO STATUS --stale 24h',
      does: 'for monitoring: exit 1 if a last pull is older',
    },
    { command: 'wizard REPO STATUS --not-ok', does: 'what needs attention' },
  ],
  args: [
    {
      name: 'target',
      summary: 'repositories, groups or components; default: all',
      optional: true,
      variadic: true,
    },
  ],
  flags: {
    offline: { type: 'boolean', summary: 'send no request' },
    stale: {
      type: 'text',
      value: 'TIME',
      summary: 'exit 1 if a last pull is older: 90m, 24h, 7d',
    },
    'not-ok': {
      type: 'boolean',
      summary: 'only those not clean and up to date; exit 1 if there is one',
    },
  },
  async run(invocation, targets, { offline, stale, 'not-ok': notOk }) {
    const age = stale === undefined ? null : parseDuration('--stale', stale)
    const all = await statusOf(invocation, targets, offline)
    const list = notOk ? all.filter((one) => !isOk(one)) : all
    const aged = age === null ? null : olderThan(list, invocation.clock.now() - age)
    return { all, list, stale: aged }
  },
  json: ({ list }) => list,
  isLong: true,
  render: ({ all, list, stale }, invocation) => ({
    kind: 'table',
    columns: [
      { title: 'REPOSITORY', cut: 'middle' },
      { title: 'STATE', tone: (cell) => tones[cell] },
      { title: 'BRANCH', cut: 'middle', spare: 2 },
      { title: 'AHEAD', spare: 3, align: 'right' },
      { title: 'BEHIND', spare: 4, align: 'right' },
      invocation.terminal.out.isTerminal
        ? { title: 'CHANGES', tone: (cell) => (/[+~?]/.test(cell) ? 'warning' : 'faint') }
        : { title: 'DIRTY' },
      { title: 'LAST PULL', spare: 1 },
      { title: 'NOTE', cut: 'wrap' },
      ...(invocation.terminal.out.isTerminal ? personColumns : scriptColumns),
    ],
    // A quiet check shows only problems, so that cron sends mail about nothing else.
    rows: (stale && invocation.globals.quiet ? list.filter(isTrouble(stale)) : list).map((one) =>
      rowOf(one, invocation.terminal),
    ),
    after: invocation.globals.quiet ? [] : [formatCounts(all.length, all.map(outcomeOf))],
  }),
  partialFailure({ all, list, stale }, flags) {
    const unknown = list.filter(isUnknown)
    if (unknown.length > 0) return failureOf(unknown, { of: all, total: all.length })
    if (flags['not-ok'] && list.length > 0) {
      const message = `${list.length} of ${all.length} repositories ${list.length === 1 ? 'is' : 'are'} not clean and up to date`
      return { code: 'FAILED', message }
    }
    if (!stale?.length) return null
    return {
      code: 'FAILED',
      message: `${stale.length} of ${all.length} repositories were not pulled within ${flags.stale}`,
    }
  },
})

/** Of targets; or of one folder, which repos.yaml need not name. */
async function statusOf(
  invocation: Invocation,
  targets: string[],
  offline: boolean,
): Promise<RepositoryStatus[]> {
  const sync = await invocation.repoSync()
  const [first = '', ...others] = targets
  const placed = await withFolders(invocation, targets)
  try {
    return await sync.status(placed, { offline }, invocation.call)
  } catch (error) {
    const isOneFolder = looksLikePath(first) && others.length === 0
    const isElsewhere = error instanceof NotFoundError || error instanceof ConfigError
    if (!isOneFolder || !isElsewhere || placed[0] === undefined) throw error
    if (!(await isFolder(join(placed[0], '.git')))) throw error
    return [await sync.getSyncStatus(placed[0], { offline }, invocation.call)]
  }
}

const outcomeOf = ({ state }: RepositoryStatus): string => state ?? 'unknown'

const olderThan = (list: RepositoryStatus[], oldest: number) =>
  list.filter(({ last_pull }) => last_pull === null || Date.parse(last_pull) < oldest)

const isUnknown = ({ state, error }: RepositoryStatus) => state !== 'blocked' && error !== null

const isTrouble = (stale: RepositoryStatus[]) => (one: RepositoryStatus) =>
  isUnknown(one) || stale.includes(one)

const personColumns: Column[] = [{ title: 'LAST COMMIT', cut: 'end', spare: 0 }]

const scriptColumns: Column[] = ['STAGED', 'UNSTAGED', 'UNTRACKED', 'STASHES'].map((title) => ({
  title,
}))
scriptColumns.push({ title: 'COMMITTED' }, { title: 'SUBJECT' })

const count = (value: number | null) => (value === null ? '?' : String(value))

/** `+2 ~1 ?3 $1`; `clean` where there is nothing of them. */
function changesIn({ staged, unstaged, untracked, stashes }: RepositoryStatus): string {
  const counts = { '+': staged, '~': unstaged, '?': untracked, $: stashes }
  const parts = Object.entries(counts).filter(([, number]) => number !== null && number > 0)
  return parts.map(([mark, number]) => `${mark}${number}`).join(' ') || 'clean'
}

function rowOf(one: RepositoryStatus, { out, ageOf }: Terminal): string[] {
  const known = one.state !== 'missing' && one.state !== 'blocked'
  const { last_commit: commit } = one
  const dirty = one.is_dirty ? 'dirty' : 'clean'
  const changes = out.isTerminal ? changesIn(one) : dirty
  const numbers = [one.staged, one.unstaged, one.untracked, one.stashes]
  return [
    one.repo,
    one.state ?? 'unknown',
    one.branch ?? (known ? '(detached)' : ''),
    known ? count(one.ahead_by) : '',
    known ? count(one.behind_by) : '',
    one.is_dirty !== null ? changes : known ? '?' : '',
    one.last_pull === null ? 'never' : ageOf(one.last_pull),
    one.error?.message ?? '',
    ...(out.isTerminal
      ? [commit === null ? '' : `${ageOf(commit.time)}: ${commit.subject}`]
      : [...numbers.map((number) => number ?? ''), commit?.time ?? '', commit?.subject ?? '']),
  ].map(String)
}

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Milliseconds of `90m`, `24h`, `7d`; a bare number means seconds. @throws UsageError */
export function parseDuration(flag: string, text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhdw])?$/i.exec(text) ?? []
  const seconds = units[unit.toLowerCase()]
  if (number === undefined || seconds === undefined) {
    throw new UsageError(`${flag} ${text} is not a length of time`, {
      hint: 'for example 90m, 24h or 7d',
    })
  }
  return Number(number) * seconds * 1000
}
