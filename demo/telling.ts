import chalk from 'chalk'
import type { Fact } from './acts.js'

export const heading = (number: number, title: string) => chalk.bold(`\n${number}. ${title}`)

export interface SeenFact extends Fact {
  act: number
}

/** What was seen, act by act. */
export function closingTable(facts: SeenFact[]): string {
  const width = (texts: string[]) => Math.max(...texts.map((text) => text.length))
  const what = width(facts.map((fact) => fact.what))
  const lines = facts.map((fact) => {
    const mark = fact.holds ? chalk.green('✔') : chalk.red('✘')
    return `${fact.act}  ${fact.what.padEnd(what)}  ${mark} ${fact.seen}`
  })
  const failed = facts.filter(({ holds }) => !holds).length
  const verdict = failed === 0 ? 'All as it should be.' : `${failed} not as it should be.`
  return [
    chalk.bold('\nWhat was seen, by git and in the log of the server'),
    ...lines,
    '',
    verdict,
  ].join('\n')
}
