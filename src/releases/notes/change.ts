import { CommitParser } from 'conventional-commits-parser'
import type { NoteCommit } from './history.js'
import { pullMergedBy } from './history.js'

export const groups = ['breaking', 'features', 'fixes', 'performance', 'others'] as const
export type Group = (typeof groups)[number]

/** What a commit says of itself, by https://www.conventionalcommits.org where it keeps to that. */
export interface ConventionalChange {
  commit: NoteCommit
  group: Group
  scope: string | null
  /** Without type and scope where the group or the line shows these, and without the pull request at its end. */
  subject: string
  /** What breaks, in the words of its footers. */
  breaking: string[]
  pull: number | null
  /** A merge that says nothing but that it is one: what it brought in stands in commits of its own. */
  isMerge: boolean
  /** What it takes back: a commit, by the beginning of its id, or a pull request. */
  reverts: { oid: string } | { pull: number } | null
}

/** Issues and reverts are looked for elsewhere: the parser's own patterns for them take minutes on some lines. */
const parser = new CommitParser({
  headerPattern: /^([\w-]+)(?:\(([^()]*)\))?(!)?:\s+(.*)$/,
  headerCorrespondence: ['type', 'scope', 'bang', 'subject'],
  notesPattern: (keywords) => new RegExp(`^[\\s|*-]*(${keywords})S?:\\s*(.*)`, 'i'),
  issuePrefixes: undefined,
  referenceActions: undefined,
  revertPattern: undefined,
  fieldPattern: undefined,
})

/** Characters that are read of a message and of each of its lines, so that none takes long. */
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

/** Where a squash merge says which pull request it was. */
const pullAtEnd = /\s*\(#(\d{1,9})\)$/

/** @param pullOfMerge the pull request by whose merge the commit came, where its subject names none */
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

/** The parser takes what follows a footer for its continuation. */
function withoutTrailers(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => /^[\w-]+-(?:by|id|on|to): |^(?:refs?|see): ?#/i.test(line))
  return (end < 0 ? lines : lines.slice(0, end)).join('\n').trim()
}
