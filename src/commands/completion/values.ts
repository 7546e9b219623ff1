import type { KnownNames, KnownRepository } from '../../config/names/known-names.js'
import type { FlagSpec } from '../flags.js'
import type { ArgumentSpec, Noun } from '../verb.js'

export interface Candidate {
  value: string
  /** In a few words; may be empty. */
  about: string
}

/** What a word is: a path, one of several words, or a name of the configuration. */
export type Wanted = 'files' | 'folders' | readonly string[] | Named | null

type Named =
  | 'selection'
  | 'repository'
  | 'component'
  | 'workflow'
  | 'input'
  | 'group'
  | 'owner'
  | 'handler'
  | 'plugin'

const byFlag: Record<string, Wanted> = {
  ...{ config: 'files', root: 'folders', dir: 'folders', source: 'folders' },
  ...{ 'notes-file': 'files', unix: 'files', repo: 'repository', group: 'group' },
  ...{ owner: 'owner', handler: 'handler' },
}

const byValue: Record<string, Wanted> = {
  ...{ FILE: 'files', DIR: 'folders', HANDLER: 'handler', 'OWNER/REPO': 'repository' },
}

export const wantedFlag = ([name, spec]: [string, FlagSpec]): Wanted => {
  if (spec.type === 'choice') return spec.choices
  if (spec.type !== 'text' && spec.type !== 'texts') return null
  return byFlag[name] ?? byValue[spec.value] ?? null
}

/** By noun and name of the argument, or by its name. */
const byArgument: Record<string, Wanted> = {
  ...{ file: 'files', dest: 'folders', dir: 'folders', owner: 'owner' },
  ...{ repo: 'repository', target: 'repository', component: 'component' },
  ...{ 'repo.target': 'selection', 'schedule.target': 'selection' },
  ...{
    'workflow.target': 'workflow',
    'workflow.run': 'workflow',
    'workflow.key=value': 'input',
    'test.key=value': 'input',
    'plugin.name': 'plugin',
    plugin: 'plugin',
  },
}

export function wantedArgument(noun: Noun, { name, choices }: ArgumentSpec): Wanted {
  // `target@tag` is a target.
  const [key = ''] = name.split(/[@[]/)
  return choices ?? byArgument[`${noun.name}.${key}`] ?? byArgument[key] ?? null
}

interface Source {
  names(): KnownNames
  /** The words that the argument has already. */
  used: string[]
}

/** The names that begin as typed, in any case; behind a `!`, those to leave out. */
export async function candidatesFor(
  wanted: Named | null,
  typed: string,
  { names, used }: Source,
): Promise<Candidate[]> {
  if (wanted === null) return []
  const front = wanted === 'selection' && typed.startsWith('!') ? '!' : ''
  const start = typed.slice(front.length).toLowerCase()
  // Each once, and not again; a name that begins with a dash would be a flag.
  const taken = new Set(used.map((word) => word.toLowerCase()))
  const found: Candidate[] = []
  const add: Add = (value, about) => {
    const key = value.toLowerCase()
    if (!key.startsWith(start) || key.startsWith('-') || taken.has(`${front}${key}`)) return
    taken.add(`${front}${key}`)
    found.push({ value: `${front}${value}`, about: about() })
  }
  await tables[wanted](names(), add, { start, used })
  return found
}

type Add = (value: string, about: () => string) => void

/** @param asked what is typed, in lower case, and the words before */
type Table = (
  names: KnownNames,
  add: Add,
  asked: { start: string; used: string[] },
) => Promise<void>

const nothing = () => ''

const tables: Record<Named, Table> = {
  async selection(names, add, asked) {
    await tables.group(names, add, asked)
    await tables.repository(names, add, asked)
  },
  async repository(names, add, asked) {
    const { start } = asked
    await tables.component(names, add, asked)
    const all = await names.repositories()
    for (const { owner, repo, group } of all) add(repo, () => `${owner}/${repo} of ${group}`)
    // With an owner once its name is begun.
    const owners = ownersLike(all, start)
    for (const { owner, repo, group } of all)
      if (owners.has(owner)) add(`${owner}/${repo}`, () => `of ${group}`)
  },
  async component(names, add) {
    for (const { name, repo } of await names.components()) add(name, () => `component of ${repo}`)
  },
  async workflow(names, add, { start }) {
    for (const { name, repo, workflows } of await names.components())
      for (const workflow of Object.keys(workflows)) add(`${name}/${workflow}`, () => `of ${repo}`)
    const at = start.lastIndexOf('/')
    const found = at === -1 ? null : await (await names.workflows()).filesOf(start.slice(0, at))
    if (found === null) return
    const { owner, repo } = found
    const front = start.slice(0, at).includes('/') ? `${owner}/${repo}` : repo
    for (const file of found.files) add(`${front}/${file}`, () => `of ${owner}/${repo}`)
  },
  async input(names, add, { used: [target = '', ...given] }) {
    const whole = target.includes('/') ? target : `${target}/tests`
    for (const { name, values } of await (await names.workflows()).inputsOf(whole)) {
      if (given.some((word) => word.startsWith(`${name}=`))) continue
      if (values.length === 0) add(`${name}=`, nothing)
      for (const value of values) add(`${name}=${value}`, nothing)
    }
  },
  async group(names, add) {
    const counts = new Map<string, number>()
    for (const { group } of await names.repositories())
      counts.set(group, (counts.get(group) ?? 0) + 1)
    for (const [group, count] of counts)
      add(group, () => `group of ${count} ${count === 1 ? 'repository' : 'repositories'}`)
  },
  async owner(names, add) {
    for (const { owner } of await names.repositories()) if (owner !== '') add(owner, nothing)
  },
  async handler(names, add) {
    for (const handler of await names.handlers()) add(handler, nothing)
  },
  async plugin(names, add) {
    for (const id of await pluginIds(await names.root())) add(id, nothing)
  },
}

/** The owners that `start` begins to name, or names. */
function ownersLike(all: KnownRepository[], start: string): Set<string> {
  const owners = [...new Set(all.map(({ owner }) => owner))].filter((owner) => owner !== '')
  const isLike = (front: string) => front.startsWith(start) || start.startsWith(front)
  return new Set(start === '' ? [] : owners.filter((owner) => isLike(`${owner.toLowerCase()}/`)))
}

/** The plugins of plugins.lock.json; none if it is damaged. */
async function pluginIds(root: string): Promise<string[]> {
  const [{ pathsOf }, { readLock }] = await Promise.all([
    import('../../plugins/store/paths.js'),
    import('../../plugins/store/lock-file.js'),
  ])
  try {
    return [...readLock(pathsOf(root).lockFile).entries.keys()]
  } catch {
    return []
  }
}
