import type { Environment } from '../base/environment.js'
/** https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export const insideActions = (env: Environment) => env.GITHUB_ACTIONS === 'true'

/** Makes foreign names in our own line harmless: Actions must not read them as commands. */
export const withoutCommands = (line: string) =>
  line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll('##[', '## [')

export const errorCommand = (message: string) => `::error::${escapeData(message)}`

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
