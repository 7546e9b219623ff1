import { CommitParser } from 'conventional-commits-parser'
import type { NoteCommit } from './history.js'
import { pullMergedBy } from './history.js'

export const groups = ['breaking', 'features', 'fixes', 'performance', 'others'] as const
export type Group = (typeof groups)[number]

/** A commit's message, parsed by https://www.conventionalcommits.org if it follows that. */
export interface ConventionalChange {
  commit: NoteCommit
  group: Group
  scope: string | null
  /**
   * Without type and scope if the group or line shows them, and without a pull request at the end.
   */
  subject: string
  /** What breaks, from its footers. */
  breaking: string[]
  pull: number | null
  /** A merge without content of its own: other commits contain its changes. */
  isMerge: boolean
  /** What it reverts: a commit, by the beginning of its id, or a pull request. */
  reverts: { oid: string } | { pull: number } | null
}

/**
 * The parser's own patterns for issues and reverts take minutes on some lines, so they are
 * replaced.
 */
const parser = new CommitParser({
  headerPattern: /^([\w-]+)(?:\(([^()]*)\))?(!)?:\s+(.*)$/,
  headerCorrespondence: ['type', 'scope', 'bang', 'subject'],
  notesPattern: (keywords) => new RegExp(`^[\\s|*-]*(${keywords})S?:\\s*(.*)`, 'i'),
  issuePrefixes: undefined,
  referenceActions: undefined,
  revertPattern: undefined,
  fieldPattern: undefined,
})

/** The most characters to read of a message and of each line, so that none takes long. */
const most = { message: 65_536, line: 2_000 }

const groupOf: Partial<Record<string, Group>> = {
  feat: 'features',
  feature: 'features',
  fix: 'fixes',
  bugfix: 'fixes',
  hotfix: 'fixes',
  perf: 'performance',
  performance: 'performance',
}

/** Where a squash merge names its pull request. */
const pullAtEnd = /\s*\(#(\d{1,9})\)$/

/**
 * @param pullOfMerge the pull request whose merge brought in the commit, if its subject names none
 */
export function changeOf(commit: NoteCommit, pullOfMerge: number | null): ConventionalChange {
  const message = withinBounds(commit.message)
  const [header = ''] = message.split('\n', 1)
  const parsed = parser.parse(message)
  const { type, scope, bang, subject } = parsed
  const breaking = parsed.notes.map(({ text }) => withoutTrailers(text)).filter(Boolean)
  const isBreaking = breaking.length > 0 || bang === '!'
  const group = isBreaking ? 'breaking' : (groupOf[type?.toLowerCase() ?? ''] ?? 'others')
  const whole = group === 'others' || !subject
  const text = whole ? header : subject
  const pull = pullAtEnd.exec(text)?.[1]
  return {
    commit,
    group,
    scope: whole ? null : scope?.trim() || null,
    subject: text.replace(pullAtEnd, ''),
    breaking,
    pull: pull === undefined ? (pullMergedBy(header) ?? pullOfMerge) : Number(pull),
    isMerge: commit.parents.length > 1 && !type && !isBreaking,
    reverts: revertIn(header, message),
  }
}

function withinBounds(message: string): string {
  const lines = message.trim().slice(0, most.message).split(/\r?\n/)
  return lines.map((line) => line.slice(0, most.line)).join('\n') || '(no message)'
}

/** git's words and those of GitHub's button. */
function revertIn(header: string, message: string): ConventionalChange['reverts'] {
  if (!/^revert\b/i.test(header)) return null
  const oid = /^This reverts commit ([0-9a-f]{7,40})\b/m.exec(message)?.[1]
  if (oid !== undefined) return { oid }
  const pull = /^Reverts \S*#(\d{1,9})\b/m.exec(message)?.[1]
  return pull === undefined ? null : { pull: Number(pull) }
}

/** Needed because the parser reads the text after a footer as its continuation. */
function withoutTrailers(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => /^[\w-]+-(?:by|id|on|to): |^(?:refs?|see): ?#/i.test(line))
  return (end < 0 ? lines : lines.slice(0, end)).join('\n').trim()
}
