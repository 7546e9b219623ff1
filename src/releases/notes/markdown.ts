import { oneLine } from '../../base/text.js'
import { longestNotes } from '../drafts/mark.js'
import { type ConventionalChange, type Group, groups } from './change.js'
import type { NotesHistory, Person } from './history.js'

/** The content of the notes. */
export interface NotesPage extends Pick<NotesHistory, 'ends' | 'head'> {
  /** The address of the repository. */
  page: string
  /** Youngest first. */
  changes: ConventionalChange[]
  /** The people of each change, its author first. */
  people: ReadonlyMap<ConventionalChange, Person[]>
  /** People whose first commit is in the range, and that commit. */
  newcomers: ReadonlyMap<Person, ConventionalChange>
}

const headings = {
  breaking: 'Breaking changes',
  features: 'Features',
  fixes: 'Fixes',
  performance: 'Performance',
  others: 'Others',
} satisfies Record<Group, string>

/**
 * Formats the notes as markdown within GitHub's limit: changes that do not fit are counted, and a
 * link leads to them.
 */
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

/** The most characters of a breaking change's footer. */
const mostExplained = 1000

/** A login notifies its owner, as on a page that GitHub generates. */
const nameOf = ({ login, name }: Person, page: string): string =>
  login === null ? inlineMarkdown(name, page, 100) : `@${login}`

/** Each reverted change, with the later change that reverts it. */
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
    ? 'No commits yet.'
    : `Nothing has changed since ${inlineMarkdown(previous, page)}.`

/** A branch would move with every push, so without a tag the link ends at the commit. */
function linkLine({ page, ends: { tag, previous }, head }: NotesPage): string {
  const end = refInAddress(tag ?? head)
  const path = previous === null ? `commits/${end}` : `compare/${refInAddress(previous)}...${end}`
  return `**Full changelog**: ${page}/${path}`
}

function within(longest: number, lines: string[], link: string): string {
  const whole = [...lines, link, ''].join('\n')
  if (whole.length <= longest) return whole
  // Reserves room for the greatest count: a smaller one is never longer.
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
  `\n… and ${left} more: follow the link.\n\n${link}\n`

/** The most characters of somebody's text in a line of the notes. */
const mostShown = 300

/** The host is a name with a dot, whose last part begins with a letter, or a number in brackets. */
const address =
  /[^\s@<>()[\]]+@(?:(?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}]|\[(?:ipv6:)?[\da-f]*[.:][\da-f.:]*\])/giu

/** Hides e-mail addresses; `lodash@4.17.21` is not one. */
export const withoutAddresses = (text: string): string => text.replace(address, '(address hidden)')

/**
 * Escapes somebody else's text as one line of markdown: nothing in it becomes a tag, a heading, a
 * link or a list, and nobody is notified. `#12` becomes a link to the repository's own issue; code
 * in backticks and web addresses are kept.
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
 * An underscore inside a word is not markup, and reads better unescaped. An exclamation mark before
 * a link would make it an image, and `www.` would make a link of the text after it.
 */
const markup =
  /[\\`*[\]<>|~$]|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|!(?=$)|(?<=www)\./giu

const escaped = (text: string): string => text.replace(markup, '\\$&')

/** Characters that make a line a heading, a list or a rule. */
const lineStart = /^(?:[#+=-]|\d{1,9}[.)])/

/** A link to a commit, by its id. */
export const commitLink = (oid: string, page: string): string =>
  `[${oid.slice(0, 7)}](${page}/commit/${oid})`

export const pullLink = (number: number, page: string): string =>
  `[#${number}](${page}/pull/${number})`

/** A tag or branch in the path of a URL. */
export const refInAddress = (ref: string): string =>
  ref.split('/').map(encodeURIComponent).join('/')
