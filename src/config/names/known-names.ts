import { basename, extname, join, resolve } from 'node:path'
import { once } from '../../base/async/once.js'
import { isSameName } from '../../base/names/repository.js'
import {
  type ConfigFileName,
  type ConfigRequest,
  findFolder,
  placeOf,
  readVariables,
  userFolders,
  variableOf,
} from '../locate/folder.js'
import { readText } from '../locate/read-text.js'
import { rootOf } from '../locate/root.js'
import { interpolate, type Lookup } from '../yaml/interpolate.js'
import type { KnownWorkflows } from './known-workflows.js'
import { type NamesCache, openNamesCache, versionOf } from './names-cache.js'
import {
  itemsOf,
  type Mapping,
  mappingOf,
  type Picture,
  type PlainValue,
  pickNames,
} from './picture.js'

export interface KnownRepository {
  /** Empty if the configuration does not say. */
  owner: string
  repo: string
  group: string
  /** As it is written; empty if the configuration does not say. */
  destination: string
}

export interface KnownComponent {
  name: string
  repo: string
  /** What each is called in the repository, by its name here. */
  workflows: Record<string, string>
}

/**
 * The names that a configuration gives, read without validation. Anybody may have written them.
 * Nothing here fails: what can't be read has no names.
 */
export interface KnownNames {
  /** Those of `from:` entries are the ones that the last SYNC has listed. */
  repositories(): Promise<KnownRepository[]>
  components(): Promise<KnownComponent[]>
  /** The handlers of webhooks.yaml. */
  handlers(): Promise<string[]>
  /** ROOT, absolute. */
  root(): Promise<string>
  workflows(): Promise<KnownWorkflows>
}

const pictures = {
  github: { github: { owner: 'name' }, root: 'name' },
  repos: {
    repos: {
      '*': [
        {
          ...{ owner: 'name', repo: 'name', destination: 'name' },
          ...{ from: 'name', match: ['name'], exclude: ['name'] },
        },
      ],
    },
  },
  components: {
    components: { '*': { repo: 'name', workflows: { '*': { '': 'name', file: 'name' } } } },
  },
  webhooks: { webhooks: { handlers: { '*': [{ name: 'name', action: 'name' }] } } },
} as const satisfies Partial<Record<ConfigFileName, Picture>>

type NamedFile = keyof typeof pictures

const pictureOfAll: Picture = Object.assign({}, ...Object.values(pictures))

/** Of `ROOT/.wizard/state.json`. */
const pictureOfState: Picture = { repositories: { '*': { repo: 'name', source: 'name' } } }

/** @param cacheFolder for what is read once, until a file changes; null: nothing is kept */
export function openNames(request: ConfigRequest, cacheFolder: () => string | null): KnownNames {
  const folder = once(async () => orElse(null, () => findFolder(request)))
  const lookup = once(async (): Promise<Lookup> => {
    const { cwd, env } = request
    const found = await folder()
    const files = found && (await orElse(null, () => readVariables(found.dir, env, cwd)))
    return files?.lookup ?? ((name) => variableOf(env, name))
  })
  const cache = once(async () => {
    const found = await folder()
    return openNamesCache(found && cacheFolder(), found ? placeOf(found) : '')
  })
  const namesIn = async (path: string, picture: Picture) => readNames(path, picture, await cache())
  const whole = once(async () => {
    const single = (await folder())?.single ?? null
    return single === null ? null : namesIn(single, pictureOfAll)
  })
  const valuesOf = async (name: NamedFile): Promise<Mapping> => {
    const path = (await folder())?.files[name]
    return mappingOf((await whole()) ?? (path ? await namesIn(path, pictures[name]) : ''))
  }
  const reader = async () => {
    const look = await lookup()
    return (value: PlainValue | undefined) => textOf(value, look)
  }
  const github = once(() => valuesOf('github'))
  const root = once(async () => {
    const { cwd, env, flags } = request
    const typed = flags?.root || env.WIZARD_ROOT
    if (typed) return resolve(cwd, typed)
    const found = await folder()
    if (found === null || found.origin === 'user') return userFolders(request).data
    return resolve(rootOf(found), (await reader())((await github()).root))
  })
  /** Those of `from:` entries, which an earlier run has listed. */
  const listed = once(async () => {
    const state = await namesIn(join(await root(), '.wizard', 'state.json'), pictureOfState)
    return Object.values(mappingOf(mappingOf(state).repositories)).map(mappingOf)
  })
  const listedBy = async (from: string, { match, exclude }: Mapping): Promise<string[]> => {
    const isOf = ({ source, repo }: Mapping) => isSameName(String(source), from) && repo !== ''
    const names = (await listed()).filter(isOf).map(({ repo }) => String(repo))
    if (match === undefined && exclude === undefined) return names
    const { nameMatcher } = await import('./matches-name.js')
    const texts = (list: PlainValue | undefined) => itemsOf(list).map(String)
    const passes = nameMatcher({ match: texts(match), exclude: texts(exclude) })
    return names.filter((name) => passes(name.slice(name.indexOf('/') + 1)))
  }
  const names = {
    repositories: once(async () => {
      const text = await reader()
      const usual = text(mappingOf((await github()).github).owner)
      const owner = usual || ((await lookup())('GITHUB_OWNER') ?? '')
      const found: KnownRepository[] = []
      const { repos } = await valuesOf('repos')
      for (const [group, list] of Object.entries(mappingOf(repos))) {
        for (const entry of itemsOf(list).map(mappingOf)) {
          const named = text(entry.repo)
          const place = { group, destination: text(entry.destination) }
          if (named !== '')
            found.push({ ...splitName(named, text(entry.owner) || owner), ...place })
          const from = text(entry.from)
          const names = from === '' ? [] : await listedBy(from, entry)
          for (const name of names) found.push({ ...splitName(name, from), ...place })
        }
      }
      return found
    }),
    async components() {
      const text = await reader()
      const { components } = await valuesOf('components')
      return Object.entries(mappingOf(components)).map(([name, values]) => {
        const { repo, workflows } = mappingOf(values)
        const files = Object.entries(mappingOf(workflows)).map(([key, one]) => [
          key,
          text(mappingOf(one).file ?? one),
        ])
        return { name, repo: text(repo), workflows: Object.fromEntries(files) }
      })
    },
    async handlers() {
      const text = await reader()
      const { handlers } = mappingOf((await valuesOf('webhooks')).webhooks)
      const steps = Object.values(mappingOf(handlers)).flatMap(itemsOf).map(mappingOf)
      return [...new Set(steps.map(({ name, action }) => text(name) || text(action)))]
    },
    root,
  }
  return {
    ...names,
    async workflows() {
      const { openWorkflows } = await import('./known-workflows.js')
      return openWorkflows(names, namesIn)
    },
  }
}

function splitName(named: string, owner: string): Pick<KnownRepository, 'owner' | 'repo'> {
  const slash = named.indexOf('/')
  return { owner: slash === -1 ? owner : named.slice(0, slash), repo: named.slice(slash + 1) }
}

/** A configuration with a mistake gives no names: `wizard CONFIG VALIDATE` reports it. */
async function orElse<T, F>(other: F, work: () => Promise<T> | T): Promise<T | F> {
  try {
    return await work()
  } catch {
    return other
  }
}

/** The names in a file, which is read only if it is not as it was the last time. */
async function readNames(path: string, picture: Picture, cache: NamesCache): Promise<PlainValue> {
  // Before the file is read: if it changes meanwhile, the next Tab reads it again.
  const stats = await orElse(null, () => versionOf(path))
  if (stats === null) return ''
  // Another wizard may take other names.
  const version = `${stats} ${JSON.stringify(picture)}`
  const known = cache.get(path, version)
  if (known !== undefined) return known
  const names = await orElse('', async () => pickNames(await valuesIn(path), picture))
  cache.set(path, version, names)
  return names
}

async function valuesIn(path: string): Promise<unknown> {
  const text = readText(path)
  if (extname(path) === '.json') {
    const value = JSON.parse(text) as unknown
    return basename(path) === 'package.json' ? (value as { wizard?: unknown }).wizard : value
  }
  const { parse } = await import('yaml')
  return parse(text, { schema: 'failsafe', merge: true, logLevel: 'silent' })
}

/** A text with its variables replaced; empty for anything else. */
function textOf(value: PlainValue | undefined, lookup: Lookup): string {
  if (typeof value !== 'string') return ''
  return value.includes('${') ? interpolate(value, lookup).text : value
}
