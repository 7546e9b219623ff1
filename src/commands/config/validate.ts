import type { ConfigProblem, Validation } from '../../core/config/validate.js'
import { lines } from '../../terminal/page.js'
import { defineVerb, type Shortfall } from '../verb.js'

export const validate = defineVerb({
  name: 'validate',
  summary: 'what is wrong in the configuration, all at once, each with its place',
  examples: [
    {
      command: 'wizard CONFIG VALIDATE',
      does: 'the files that are used from here; exit 2 for a wrong one',
    },
    { command: 'wizard CONFIG VALIDATE --config DIR', does: 'those of another folder, in CI say' },
  ],
  args: [],
  flags: {},
  async run(context) {
    const { validateConfig } = await import('../../core/config/validate.js')
    return validateConfig(context.configRequest)
  },
  render: (found) => lines(...(found.valid ? [verdict(found)] : found.problems.flatMap(linesOf))),
  shortfall: shortfallOf,
})

function verdict({ dir, files }: Validation): string {
  if (dir === null) return 'There is no configuration: every value is a default.'
  return `${dir}: ${files.length} ${files.length === 1 ? 'file is' : 'files are'} as they must be.`
}

/** The message, the line it is about with a caret below, and the remedy. */
function linesOf({ message, hint, source, column }: ConfigProblem): string[] {
  const shown = source === null || column === null ? [] : excerpt(source, column)
  return [message, ...shown, ...(hint === null ? [] : [`  hint: ${hint}`])]
}

/** Characters of a line that are shown on each side of what is wrong. */
const around = 60

function excerpt(source: string, column: number): string[] {
  const from = Math.max(0, column - 1 - around)
  const text = source.slice(from, column - 1 + around).replaceAll('\t', ' ')
  return [`  ${text}`, `  ${' '.repeat(column - 1 - from)}^`]
}

function shortfallOf({ problems }: Validation): Shortfall | null {
  const [first] = problems
  if (first === undefined) return null
  const count = problems.length === 1 ? 'one thing is' : `${problems.length} things are`
  return { code: first.code, message: `${count} wrong in the configuration` }
}
