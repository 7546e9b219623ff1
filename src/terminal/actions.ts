import { appendFileSync } from 'node:fs'
import type { Page } from './page.js'
import type { Environment } from './stream.js'

/** https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export const insideActions = (env: Environment) => env.GITHUB_ACTIONS === 'true'

export const errorCommand = (message: string) => `::error::${escapeData(message)}`

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** Adds a table to the job's summary page, where there is one. @throws what the file system says */
export function summarize(page: Page, env: Environment): void {
  if (page.kind !== 'table' || !insideActions(env) || !env.GITHUB_STEP_SUMMARY) return
  const titles = page.columns.map(({ title }) => title)
  const rows = [titles, titles.map(() => '---'), ...page.rows.map((row) => row.map(escapeCell))]
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
  appendFileSync(env.GITHUB_STEP_SUMMARY, `${table}\n\n`)
}

/** No text from elsewhere becomes markup of the page. */
const escapeCell = (text: string) =>
  text.replace(/[\\`*_{}[\]<>|#!@]/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/\s+/g, ' ')
