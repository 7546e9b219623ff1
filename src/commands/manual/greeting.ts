import { WizardError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { helpRows } from './help.js'

/** What to type next, given what is configured. It sends no request, and never fails. */
export async function greeting(invocation: Invocation): Promise<string[]> {
  try {
    const { dir, single, repos, components } = await invocation.localConfig()
    if (dir === null) return withHelp('No configuration yet. Start with:', firstSteps)
    const [entries, known] = await Promise.all([repos(), components()])
    const names = Object.keys(known)
    const place = single ?? dir
    if (entries.length === 0 && names.length === 0) {
      return withHelp(`${place} has no repositories or components yet:`, additions)
    }
    const [first] = names
    return withHelp(`${counted(entries.length, names.length)} in ${place}:`, [
      ...(entries.length > 0 ? repositorySteps : []),
      ...(first === undefined ? [] : componentSteps(first)),
    ])
  } catch (error) {
    if (!(error instanceof WizardError)) throw error
    return withHelp('The configuration has a mistake:', [
      ['wizard CONFIG VALIDATE', 'list all mistakes, with file and line'],
    ])
  }
}

type Step = [command: string, does: string]

const firstSteps: Step[] = [
  ['wizard CONFIG INIT', 'write a configuration for your repositories'],
  ['wizard REPO CLONE owner/repo', 'clone one repository, without a configuration'],
  ['wizard DOCTOR', 'check the token, the network and your tools'],
]

const additions: Step[] = [
  ['wizard REPO ADD owner/repo', 'add a repository to keep in sync'],
  ['wizard DOCTOR', 'check the token, the network and your tools'],
]

const repositorySteps: Step[] = [
  ['wizard REPO SYNC', 'clone what is missing, pull the rest'],
  ['wizard REPO STATUS', 'compare your clones with GitHub'],
]

const componentSteps = (name: string): Step[] => [
  [`wizard TEST RUN ${name}`, 'run its tests on GitHub and wait for them'],
  [`wizard RELEASE STATUS ${name}`, 'show what is not released yet'],
]

const counted = (entries: number, components: number): string =>
  [
    entries > 0 && `${entries} repository ${entries === 1 ? 'entry' : 'entries'}`,
    components > 0 && `${components} ${components === 1 ? 'component' : 'components'}`,
  ]
    .filter(Boolean)
    .join(', ')

const withHelp = (title: string, steps: Step[]): string[] => [
  title,
  '',
  ...helpRows([...steps, ['wizard --help', 'list everything that wizard does']]),
]
