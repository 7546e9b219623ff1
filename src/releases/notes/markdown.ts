import { oneLine } from '../../base/text.js'
import { longestNotes } from '../drafts/mark.js'
import { type ConventionalChange, type Group, groups } from './change.js'
import type { NotesHistory, Person } from './history.js'

/** All that stands in the notes. */
export interface NotesPage extends Pick<NotesHistory, 'ends' | 'headName'> {
  /** The address of the repository. */
  page: string
  /** The youngest first. */
  changes: ConventionalChange[]
  /** Who made each, its author first. */
  people: ReadonlyMap<ConventionalChange, Person[]>
  /** Whose first commit is among these, and which it is. */
  newcomers: ReadonlyMap<Person, ConventionalChange>
}

const headings = {
  breaking: 'Breaking changes',
  features: 'Features',
  fixes: 'Fixes',
  performance: 'Performance',
  others: 'Others',
} satisfies Record<Group, string>

/** The notes as markdown, no longer than GitHub takes: what there is no room for is counted, and the link leads to it. */
export function notesMarkdown(notes: NotesPage, longest = longestNotes): string {
  const reverts = revertsIn(notes.changes)
  const lines = [
    ...groups.flatMap((group) => groupLines(notes, group, reverts)),
    ...mergeLines(notes),
    ...newcomerLines(notes),
  ]
  if (lines.length === 0) lines.push(nothingLine(notes), '')
  return within(longest, lines, linkLine(notes))
}

function groupLines(
  notes: NotesPage,
  group: Group,
  reverts: ReadonlyMap<ConventionalChange, ConventionalChange>,
): string[] {
  const changes = notes.changes.filter((change) => change.group === group && !change.isMerge)
  if (changes.length === 0) return []
  const items = changes.flatMap((change) => changeLines(notes, change, reverts.get(change)))
  return [`## ${headings[group]}`, '', ...items, '']
}

function changeLines(
  { page, people }: NotesPage,
  change: ConventionalChange,
  revert?: ConventionalChange,
): string[] {
  const { scope, subject, pull, commit, breaking } = change
  const before = scope === null ? '' : `**${inlineMarkdown(scope, page)}:** `
  const links = [...(pull === null ? [] : [pullLink(pull, page)]), commitLink(commit.oid, page)]
  const by = (people.get(change) ?? []).map((person) => nameOf(person, page)).filter(Boolean)
  const who = by.length === 0 ? '' : ` by ${by.join(', ')}`
  const undone = revert === undefined ? '' : `, reverted by ${commitLink(revert.commit.oid, page)}`
  return [
    `- ${before}${inlineMarkdown(subject, page)} (${links.join(', ')})${who}${undone}`,
    ...breaking.map((text) => `  - ${inlineMarkdown(text, page, mostExplained)}`),
  ]
}

/** Characters of what a footer says of a breaking change. */
const mostExplained = 1000

/** A login notifies its owner, as on a page that GitHub generates. */
const nameOf = ({ login, name }: Person, page: string): string =>
  login === null ? inlineMarkdown(name, page, 100) : `@${login}`

/** Each change that a later one takes back, with that one. */
function revertsIn(changes: ConventionalChange[]): Map<ConventionalChange, ConventionalChange> {
  const reverts = new Map<ConventionalChange, ConventionalChange>()
  for (const change of changes) {
    const { reverts: what } = change
    if (what === null) continue
    for (const other of changes) {
      const isIt = 'oid' in what ? other.commit.oid.startsWith(what.oid) : other.pull === what.pull
      if (isIt && other !== change) reverts.set(other, change)
    }
  }
  return reverts
}

function mergeLines({ changes }: NotesPage): string[] {
  const count = changes.filter(({ isMerge }) => isMerge).length
  if (count === 0) return []
  const merges = `${count} merge ${count === 1 ? 'commit' : 'commits'}`
  return [count === changes.length ? `Only ${merges}.` : `… and ${merges}.`, '']
}

function newcomerLines({ newcomers, page }: NotesPage): string[] {
  if (newcomers.size === 0) return []
  const items = Array.from(newcomers, ([person, { pull, commit }]) => {
    const where = pull === null ? commitLink(commit.oid, page) : pullLink(pull, page)
    return `- ${nameOf(person, page)} made their first contribution in ${where}`
  })
  return ['## New contributors', '', ...items, '']
}

const nothingLine = ({ ends: { previous }, page }: NotesPage): string =>
  previous === null
    ? 'There are no commits yet.'
    : `Nothing has changed since ${inlineMarkdown(previous, page)}.`

function linkLine({ page, ends: { tag, previous }, headName }: NotesPage): string {
  const end = refInAddress(tag ?? headName)
  const path = previous === null ? `commits/${end}` : `compare/${refInAddress(previous)}...${end}`
  return `**Full changelog**: ${page}/${path}`
}

function within(longest: number, lines: string[], link: string): string {
  const whole = [...lines, link, ''].join('\n')
  if (whole.length <= longest) return whole
  // With the most that can be left out: the count is no longer when it is less.
  const room = longest - closing(lines.length, link).length
  const kept: string[] = []
  let length = 0
  for (const line of lines) {
    length += line.length + 1
    if (length > room) break
    kept.push(line)
  }
  const left = lines.slice(kept.length).filter((line) => line.startsWith('- ')).length
  return [...kept, ''].join('\n') + closing(left, link)
}

const closing = (left: number, link: string): string =>
  `\n… and ${left} more, for which there is no room here: the link leads to them.\n\n${link}\n`

/** Characters of somebody's words that a line of the notes shows. */
const mostShown = 300

/** Its host a name with a dot, whose last part begins with a letter, or a number in brackets. */
const address =
  /[^\s@<>()[\]]+@(?:(?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}]|\[(?:ipv6:)?[\da-f]*[.:][\da-f.:]*\])/giu

/** The text without e-mail addresses; `lodash@4.17.21` is none. */
export const withoutAddresses = (text: string): string => text.replace(address, '(address hidden)')

/**
 * Somebody else's words as markdown of one line that shows just them: nothing in it becomes a tag, a heading, a link
 * or a list, and nobody is notified. `#12` becomes a link to the repository's own issue; code between backticks and web
 * addresses stay what they are.
 *
 * @param page the address of the repository
 */
export function inlineMarkdown(text: string, page: string, most = mostShown): string {
  const line = oneLine(withoutAddresses(text), most)
  const parts: string[] = []
  let from = 0
  for (const match of line.matchAll(special)) {
    parts.push(escaped(line.slice(from, match.index)), specialMarkdown(match.groups ?? {}, page))
    from = match.index + match[0].length
  }
  parts.push(escaped(line.slice(from)))
  return parts.join('').replace(lineStart, (begin) => `${begin.slice(0, -1)}\\${begin.slice(-1)}`)
}

/** Code, a web address, a mention (of a person or a package's scope), an issue's number. */
const special = new RegExp(
  [
    '(?<![`\\\\])`(?<code>[^`]+)`(?!`)',
    "(?<url>https?://[\\p{L}\\p{N}_.~:/?#@!$&'*+,;=%-]*[\\p{L}\\p{N}_/#=])",
    '(?<![A-Za-z0-9])(?<mention>@[A-Za-z0-9][\\w./-]*)',
    '(?<![\\w/.&-])#(?<issue>\\d{1,9})(?!\\w)',
  ].join('|'),
  'gu',
)

function specialMarkdown(
  { code, url, mention, issue }: Partial<Record<string, string>>,
  page: string,
): string {
  if (url !== undefined) return `<${url}>`
  if (issue !== undefined) return `[#${issue}](${page}/issues/${issue})`
  return `\`${code ?? mention}\``
}

/**
 * An underscore within a word is no markup, and reads better bare; an exclamation mark before a link would make a
 * picture of it, and `www.` a link of what follows.
 */
const markup =
  /[\\`*[\]<>|~$]|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|!(?=$)|(?<=www)\./giu

const escaped = (text: string): string => text.replace(markup, '\\$&')

/** What makes a heading, a list or a rule of a line. */
const lineStart = /^(?:[#+=-]|\d{1,9}[.)])/

/** A link to a commit, by its id. */
export const commitLink = (oid: string, page: string): string =>
  `[${oid.slice(0, 7)}](${page}/commit/${oid})`

export const pullLink = (number: number, page: string): string =>
  `[#${number}](${page}/pull/${number})`

/** A tag or a branch in the path of an address. */
export const refInAddress = (ref: string): string =>
  ref.split('/').map(encodeURIComponent).join('/')
