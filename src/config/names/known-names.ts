import { basename, extname, resolve } from 'node:path'
import { once } from '../../base/async/once.js'
import {
  type ConfigFileName,
  type ConfigRequest,
  findFolder,
  readVariables,
  userFolders,
  variableOf,
} from '../locate/folder.js'
import { readText } from '../locate/read-text.js'
import { rootOf } from '../locate/root.js'
import { interpolate, type Lookup } from '../yaml/interpolate.js'
import { type PlainValue, readPlainYaml } from './plain-yaml.js'

export interface KnownRepository {
  /** Empty if the configuration does not say. */
  owner: string
  repo: string
  group: string
}

export interface KnownComponent {
  name: string
  repo: string
  workflows: string[]
}

/**
 * The names that a configuration gives, read without validation, so that it takes milliseconds.
 * Anybody may have written them. Nothing here fails: what can't be read has no names.
 */
export interface KnownNames {
  repositories(): Promise<KnownRepository[]>
  components(): Promise<KnownComponent[]>
  /** The handlers of webhooks.yaml. */
  handlers(): Promise<string[]>
  /** ROOT, absolute. */
  root(): Promise<string>
}

export function openNames(request: ConfigRequest): KnownNames {
  const folder = once(async () => orElse(null, () => findFolder(request)))
  const lookup = once(async (): Promise<Lookup> => {
    const { cwd, env } = request
    const found = await folder()
    const files = found && (await orElse(null, () => readVariables(found.dir, env, cwd)))
    return files?.lookup ?? ((name) => variableOf(env, name))
  })
  const whole = once(async () => {
    const single = (await folder())?.single ?? null
    return single === null ? null : orElse('', () => valuesIn(single))
  })
  const top = async (name: ConfigFileName, key: string): Promise<Mapping> => {
    const path = (await folder())?.files[name]
    const wanted = name === 'repos' ? ofEntry : undefined
    const values = (await whole()) ?? (path ? await orElse('', () => valuesIn(path, wanted)) : '')
    return mappingOf(mappingOf(values)[key])
  }
  const reader = async () => {
    const look = await lookup()
    return (value: PlainValue | undefined) => textOf(value, look)
  }
  const github = once(() => top('github', 'github'))
  return {
    repositories: once(async () => {
      const text = await reader()
      const usual = text((await github()).owner) || ((await lookup())('GITHUB_OWNER') ?? '')
      const found: KnownRepository[] = []
      for (const [group, list] of Object.entries(await top('repos', 'repos'))) {
        for (const entry of listOf(list)) {
          const { owner, repo } = mappingOf(entry)
          const named = text(repo)
          const slash = named.indexOf('/')
          const name = named.slice(slash + 1)
          const before = slash === -1 ? text(owner) || usual : named.slice(0, slash)
          if (name !== '') found.push({ owner: before, repo: name, group })
        }
      }
      return found
    }),
    async components() {
      const text = await reader()
      return Object.entries(await top('components', 'components')).map(([name, values]) => {
        const { repo, workflows } = mappingOf(values)
        return { name, repo: text(repo), workflows: Object.keys(mappingOf(workflows)) }
      })
    },
    async handlers() {
      const text = await reader()
      const { handlers } = await top('webhooks', 'webhooks')
      const steps = Object.values(mappingOf(handlers)).flatMap(listOf).map(mappingOf)
      return [...new Set(steps.map(({ name, action }) => text(name) || text(action)))]
    },
    async root() {
      const { cwd, env, flags } = request
      const typed = flags?.root || env.WIZARD_ROOT
      if (typed) return resolve(cwd, typed)
      const found = await folder()
      if (found === null || found.origin === 'user') return userFolders(request).data
      const path = found.files.github
      const values = (await whole()) ?? (path ? await orElse('', () => valuesIn(path)) : '')
      return resolve(rootOf(found), (await reader())(mappingOf(values).root))
    },
  }
}

/** A configuration with a mistake gives no names: `wizard CONFIG VALIDATE` reports it. */
async function orElse<T, F>(other: F, work: () => Promise<T> | T): Promise<T | F> {
  try {
    return await work()
  } catch {
    return other
  }
}

/** What is read of each of the thousands of entries that repos.yaml may have. */
const ofEntry = new Set(['owner', 'repo'])

/** The values of a file, as texts. */
async function valuesIn(path: string, wanted?: ReadonlySet<string>): Promise<PlainValue> {
  const text = readText(path)
  if (extname(path) === '.json') {
    const value = JSON.parse(text) as PlainValue
    return basename(path) === 'package.json' ? (mappingOf(value).wizard ?? '') : value
  }
  const plain = readPlainYaml(text, wanted)
  if (plain !== undefined) return plain
  const { parse } = await import('yaml')
  return parse(text, { schema: 'failsafe', merge: true, logLevel: 'silent' }) as PlainValue
}

type Mapping = Record<string, PlainValue | undefined>

const mappingOf = (value: PlainValue | undefined): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const listOf = (value: PlainValue | undefined): PlainValue[] => (Array.isArray(value) ? value : [])

/** A text with its variables replaced; empty for anything else. */
function textOf(value: PlainValue | undefined, lookup: Lookup): string {
  if (typeof value !== 'string') return ''
  return value.includes('${') ? interpolate(value, lookup).text : value
}
