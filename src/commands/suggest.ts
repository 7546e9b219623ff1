import { nearest } from '../base/text.js'
import type { Noun, Verb } from './verb.js'

/** What other tools call a verb, and the verbs here that do it, the first that a noun has. */
const synonyms: Record<string, readonly string[]> = {
  ...sameFor(['delete', 'rm', 'del', 'uninstall', 'unregister'], ['remove', 'delete']),
  ...sameFor(['remove'], ['delete']),
  ...sameFor(['info', 'show', 'get', 'describe', 'inspect'], ['view', 'show', 'status']),
  ...sameFor(['open', 'web'], ['browse', 'view', 'show']),
  ...sameFor(['view', 'print', 'cat'], ['show', 'print', 'view']),
  ...sameFor(['ls', 'all'], ['list', 'status', 'show']),
  ...sameFor(['list'], ['status', 'show', 'print']),
  ...sameFor(['find', 'query', 'grep'], ['search']),
  ...sameFor(
    ['create', 'new', 'make', 'add', 'setup'],
    ['create', 'add', 'install', 'init', 'setup'],
  ),
  ...sameFor(['update', 'upgrade', 'refresh'], ['update', 'sync', 'pull']),
  ...sameFor(['fetch', 'pull'], ['pull', 'sync', 'download', 'update']),
  ...sameFor(['dispatch', 'trigger', 'exec'], ['run', 'exec']),
  ...sameFor(['start', 'listen', 'server', 'up'], ['run', 'exec', 'serve']),
  ...sameFor(['stop', 'kill', 'abort'], ['cancel']),
  ...sameFor(['tail', 'follow'], ['watch', 'show']),
  ...sameFor(['explain', 'reason', 'errors', 'failures'], ['why']),
  ...sameFor(['log', 'logs', 'output'], ['logs', 'show', 'view']),
  ...sameFor(['check', 'lint', 'test'], ['verify', 'validate']),
  ...sameFor(['retry', 'restart', 'rerun'], ['rerun', 'replay']),
  ...sameFor(['redeliver'], ['recover']),
}

function sameFor(words: string[], verbs: string[]): Record<string, string[]> {
  return Object.fromEntries(words.map((word) => [word, verbs]))
}

/** What people call a noun. */
const nounSynonyms: Record<string, string> = {
  ...{ repos: 'repo', repository: 'repo', repositories: 'repo', actions: 'workflow' },
  ...{ workflows: 'workflow', tests: 'test', releases: 'release', plugins: 'plugin' },
  ...{ cron: 'schedule', schedules: 'schedule', logs: 'log', configuration: 'config' },
}

/** Whoever mistypes a name must not be led to what throws something away, or skips a question. */
const neverByLikeness = new Set([
  ...['reset', 'remove', 'delete', 'prune', 'rollback', 'cancel'],
  ...['--yes', '--force', '--clobber', '--cleanup-tag'],
])

const safe = (names: readonly string[]): string[] =>
  names.filter((name) => !neverByLikeness.has(name))

/** The verb that a wrong word means, by what other tools call it, or by likeness. */
export function verbsLike(word: string, verbs: readonly string[]): string[] {
  const [synonym] = (synonyms[word] ?? []).filter((name) => verbs.includes(name))
  return synonym === undefined ? nearest(word, safe(verbs)) : [synonym]
}

/** `REPO SYNC` and the like, for a word in the place of the noun. */
export async function commandsLike(nouns: Noun[], word: string, rest: string[]): Promise<string[]> {
  const known = await Promise.all(
    nouns.map(async (noun) => ({ noun: noun.name, verbs: namesOf(await noun.load()) })),
  )
  const name = word.toLowerCase().replaceAll('_', '-')
  const joined = known.find(({ noun }) => name.startsWith(`${noun}-`))
  if (joined !== undefined) {
    const verb = name.slice(joined.noun.length + 1)
    if (joined.verbs.includes(verb)) return [`${joined.noun} ${verb}`.toUpperCase()]
  }
  const noun = nounSynonyms[name]
  if (noun !== undefined) return [noun.toUpperCase()]
  const own = nearest(name, [...known.map((one) => one.noun), 'version', 'help'])
  if (own.length > 0) return own.map((one) => one.toUpperCase())
  return verbsEverywhere(known, [`${name}-${rest[0] ?? ''}`.replaceAll('_', '-'), name])
}

interface KnownNoun {
  noun: string
  verbs: string[]
}

function verbsEverywhere(known: KnownNoun[], spelled: string[]): string[] {
  const all = [...new Set(known.flatMap(({ verbs }) => verbs))]
  for (const word of spelled) {
    const exact = all.includes(word) ? [word] : nearest(word, safe(all))
    const found = exact.length > 0 ? exact.slice(0, 1) : null
    const names = known.flatMap(({ noun, verbs }) => {
      const [verb] = found ?? (synonyms[word] ?? []).filter((one) => verbs.includes(one))
      return verb !== undefined && verbs.includes(verb) ? [`${noun} ${verb}`.toUpperCase()] : []
    })
    if (names.length > 0) return names
  }
  return []
}

const namesOf = (verbs: Verb[]) => verbs.map(({ name }) => name).filter((name) => name !== '')

/** Flags of other tools. */
const flagSynonyms: Record<string, string> = {
  ...{ '-n': '--dry-run', '--dryrun': '--dry-run', '-w': '--wait', '-L': '--limit' },
  ...{ '-C': '--root', '-f': '--follow', '--since': '--date', '--dir': '--root' },
}

export function flagsLike(flag: string, names: readonly string[]): string[] {
  const synonym = flagSynonyms[flag]
  if (synonym !== undefined && names.includes(synonym)) return [synonym]
  return flag.startsWith('--') ? nearest(flag, safe(names)) : []
}

/** A hint that asks for the nearest name, or undefined. */
export const askFor = (names: readonly string[]): string | undefined =>
  names.length === 0 ? undefined : `did you mean ${names.join(' or ')}?`
