import type { Environment } from './stream.js'

/** https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export const insideActions = (env: Environment) => env.GITHUB_ACTIONS === 'true'

export const errorCommand = (message: string) => `::error::${escapeData(message)}`

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
