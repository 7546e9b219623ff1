import { oneLine } from '../../base/text.js'

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
