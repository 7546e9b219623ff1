import { reportInWords } from '../../base/error-report.js'
import type { ConfigProblem, Validation } from '../../config/validate.js'
import { commandLineWords } from '../hints.js'
import { defineVerb, type PartialFailure } from '../verb.js'

export const validate = defineVerb({
  name: 'validate',
  summary: 'list all mistakes in the configuration, with file and line',
  examples: [
    {
      command: 'wizard CONFIG VALIDATE',
      does: 'the files that apply here; exit 2 if one is wrong',
    },
    {
      command: 'wizard CONFIG VALIDATE --config DIR',
      does: 'the files of another folder, for example in CI',
    },
  ],
  args: [],
  flags: {},
  async run(invocation): Promise<Shown> {
    const { validateConfig } = await import('../../config/validate.js')
    const { problems, passedOver, ...rest } = await validateConfig(invocation.configRequest)
    await invocation.warnOfOthers({ passedOver })
    const found = { ...rest, problems: problems.map((one) => reportInWords(one, commandLineWords)) }
    if (found.valid) return { found, lines: [verdict(found)] }
    const { excerpt } = await import('../../terminal/cut.js')
    return { found, lines: found.problems.flatMap((problem) => linesOf(problem, excerpt)) }
  },
  json: ({ found }) => found,
  render: ({ lines }) => ({ kind: 'lines', lines }),
  partialFailure: ({ found }) => failureOf(found),
})

interface Shown {
  found: Omit<Validation, 'passedOver'>
  lines: string[]
}

function verdict({ dir, files }: Pick<Validation, 'dir' | 'files'>): string {
  if (dir === null) return 'No configuration found: every value is a default.'
  return `${dir} is valid (${files.length} ${files.length === 1 ? 'file' : 'files'}).`
}

type Excerpt = (source: string, column: number) => string[]

/** The message, its line with a caret below, and the remedy. */
function linesOf({ message, hint, source, column }: ConfigProblem, excerpt: Excerpt): string[] {
  const shown = source === null || column === null ? [] : excerpt(source, column)
  return [message, ...shown, ...(hint === null ? [] : [`  hint: ${hint}`])]
}

function failureOf({ problems }: Pick<Validation, 'problems'>): PartialFailure | null {
  const [first] = problems
  if (first === undefined) return null
  const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`
  return { code: first.code, message: `${count} in the configuration` }
}
