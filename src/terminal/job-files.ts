import { appendFileSync } from 'node:fs'
import type { Environment } from '../base/environment.js'
import { plainText } from '../base/text.js'
import { type Cell, cellText, type Page } from './page.js'

interface JobOptions {
  env: Environment
  /** Removes secrets. */
  redact(text: string): string
}

/** Adds a table of the result, or of the outputs, to the job's summary page if there is one. */
export function summarize(
  page: Page,
  outputs: Record<string, string>,
  { env, redact }: JobOptions,
): void {
  if (!env.GITHUB_STEP_SUMMARY) return
  const rows = page.kind === 'table' ? page.rows : [Object.values(outputs).map(linked)]
  const titles =
    page.kind === 'table' ? page.columns.map(({ title }) => title) : Object.keys(outputs)
  if (titles.length === 0) return
  const table = [
    titles,
    titles.map(() => '---'),
    ...rows.map((row) => row.map((cell) => markdownOf(cell, redact))),
  ]
  appendFileSync(
    env.GITHUB_STEP_SUMMARY,
    `${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n\n`,
  )
}

/** https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#setting-an-output-parameter */
export function writeOutputs(outputs: Record<string, string>, { env, redact }: JobOptions): void {
  const entries = Object.entries(outputs)
  if (!env.GITHUB_OUTPUT || entries.length === 0) return
  // A second line in a value could begin another output.
  const text = entries
    .map(([name, value]) => `${name}=${value.replace(/[\r\n]+/g, ' ')}\n`)
    .join('')
  appendFileSync(env.GITHUB_OUTPUT, redact(text))
}

const linked = (value: string): Cell =>
  value.startsWith('https://') ? { text: value, link: value } : value

/** Markdown of a cell: a link where it names a page. */
function markdownOf(cell: Cell, redact: JobOptions['redact']): string {
  // Before the escapes, which would hide a secret from the search.
  const text = escapeCell(redact(plainText(cellText(cell))))
  const link = typeof cell === 'string' ? null : cell.link
  return link && redact(link) === link && /^https:\/\/[!-~]+$/.test(link)
    ? `[${text}](${encodeEnds(link)})`
    : text
}

/** Encodes what would end the link. */
const encodeEnds = (link: string) =>
  link.replace(/[()<>|\\]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** Escapes foreign text, so that it can't become markup of the page. */
const escapeCell = (text: string) =>
  text.replace(/[\\`*_{}[\]<>|#!@]/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/\s+/g, ' ')
