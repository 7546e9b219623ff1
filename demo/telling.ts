import chalk from 'chalk'
import type { Fact } from './facts.js'

export const heading = (number: number, title: string) => chalk.bold(`\n${number}. ${title}`)

export interface SeenAct {
  title: string
  facts: Fact[]
}

/** The results, act by act. */
export function closingTable(acts: SeenAct[]): string {
  const all = acts.flatMap(({ facts }) => facts)
  const width = Math.max(...all.map(({ what }) => what.length))
  const lines = acts.flatMap(({ title, facts }, index) => [
    chalk.bold(`${index + 1}. ${title}`),
    ...facts.map((fact) => factLine(fact, width)),
  ])
  const failed = all.filter(({ holds }) => !holds).length
  const verdict =
    failed === 0 ? 'All is as it should be.' : `${failed} of these is not as it should be.`
  const title = 'What was seen, by git in the clones and in the log of the server'
  return ['', chalk.underline(title), ...lines, '', verdict].join('\n')
}

function factLine({ what, seen, holds }: Fact, width: number): string {
  return `   ${what.padEnd(width)}  ${holds ? chalk.green('✔') : chalk.red('✘')} ${seen}`
}
