import { extname } from 'node:path'
import { type ErrorReport, reportError } from '../../base/error-report.js'
import { ConfigError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { PluginIndex } from '../../config/files/plugins.js'
import { filesOf } from '../../github/graphql/files.js'
import { getFileContent } from '../../github/rest/contents.js'
import { listRepositories, searchRepositories } from '../../github/rest/repositories.js'
import { type Manifest, manifestNames, parseManifest } from '../manifest/parse.js'
import type { PluginSession } from '../session.js'
import { type Indexed, parseIndex } from './index-file.js'

/** A repository that contains a plugin. */
export interface FoundPlugin {
  owner: string
  repo: string
  /** GitHub's id, which it keeps when it is renamed; null: not known. */
  repositoryId: number | null
  archived: boolean
  /** At the head of its default branch. */
  manifest: Manifest
  /** GitHub's latest release. */
  latest: { tag: string; commit: string | null } | null
}

/** A source that can't be read now. */
export interface FailedSource {
  /** In words. */
  source: string
  error: ErrorReport
}

export interface Discovered {
  /** By id. */
  found: FoundPlugin[]
  failed: FailedSource[]
}

type Session = Pick<PluginSession, 'client' | 'emit'>

/**
 * Searches for plugins and reads their manifests, each repository once. Unreadable ones become
 * warnings.
 *
 * @throws GitHubError and its subclasses, ConfigError, if no source could be read
 */
export async function discover(
  session: Session,
  sources: readonly PluginSource[],
): Promise<Discovered> {
  const { named, failed } = await inspectSources(session, sources)
  const repositories = new Map<string, Indexed & { expected: boolean }>()
  for (const { repositories: some, expected } of named) {
    for (const one of some) {
      const known = repositories.get(sourceKeyOf(one))
      const manifest = known?.manifest ?? one.manifest
      const isExpected = expected || known?.expected === true
      repositories.set(sourceKeyOf(one), { ...one, manifest, expected: isExpected })
    }
  }
  return { found: await read(session, [...repositories.values()]), failed }
}

/** If all sources fail, the first error is thrown. */
async function inspectSources(
  session: Session,
  sources: readonly PluginSource[],
): Promise<{ named: Named[]; failed: FailedSource[] }> {
  const outcomes = await Promise.allSettled(sources.map((source) => inspectSource(session, source)))
  const named = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = outcomes.flatMap((one, index): FailedSource[] => {
    if (one.status === 'fulfilled') return []
    if (named.length === 0) throw one.reason
    const source = sources[index]
    const what = source === undefined ? 'a source' : nameOfSource(source)
    return [{ source: what, error: reportError(one.reason) }]
  })
  return { named, failed }
}

async function read(
  { client, emit }: Session,
  wanted: (Indexed & { expected: boolean })[],
): Promise<FoundPlugin[]> {
  const warn = (message: string) => emit({ type: 'warning', message })
  const answers = await filesOf(client, wanted, manifestNames)
  const found = new Map<string, FoundPlugin>()
  for (const [index, one] of wanted.entries()) {
    const answer = answers[index] ?? null
    const { owner, repo } = answer ?? one
    const at = answer?.texts.findIndex((text) => text !== null) ?? -1
    const file = manifestNames[at] ?? manifestNames[0]
    const text = answer?.texts[at] ?? (one.manifest && JSON.stringify(one.manifest))
    if (text === null || text === undefined) {
      if (one.expected)
        warn(`skipping ${owner}/${repo}, which has no ${manifestNames.join(' or ')}`)
      continue
    }
    try {
      const manifest = parseManifest(text, `${owner}/${repo}:${file}`, repo)
      const { archived = false, latest = null, id: repositoryId = null } = answer ?? {}
      const plugin = { owner, repo, repositoryId, archived, manifest, latest }
      found.set(sourceKeyOf({ owner, repo }), plugin)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      warn(`skipped: ${error.message}`)
    }
  }
  return [...found.values()].sort((one, other) => (one.manifest.id < other.manifest.id ? -1 : 1))
}

/** Where to search for plugins. */
export type PluginSource =
  | { kind: 'topic'; topic: string; owner: string | null }
  | { kind: 'owner'; owner: string }
  | { kind: 'index'; index: PluginIndex }

/** The repositories of a source, and whether each of them must be a plugin. */
export interface Named {
  repositories: Indexed[]
  expected: boolean
}

/** @throws GitHubError and its subclasses; ConfigError for an invalid index */
export async function inspectSource(
  { client, emit }: Session,
  source: PluginSource,
): Promise<Named> {
  if (source.kind === 'index') {
    return { repositories: await readIndex({ client, emit }, source.index), expected: true }
  }
  if (source.kind === 'owner') {
    const found = await listRepositories(client, source.owner)
    return { repositories: found.map(asRepo), expected: false }
  }
  const query = [`topic:${source.topic}`, source.owner && `user:${source.owner}`, 'fork:true']
  const found = await searchRepositories(client, query.filter(Boolean).join(' '))
  return { repositories: found.map(asRepo), expected: true }
}

function asRepo({ full_name }: { full_name: string }): Indexed {
  const [owner = '', repo = ''] = full_name.split('/')
  return { owner, repo, manifest: null }
}

async function readIndex(
  { client, emit }: Session,
  { owner, repo, path }: PluginIndex,
): Promise<Indexed[]> {
  const text = await getFileContent(client, owner, repo, path)
  const place = `${owner}/${repo}:${path}`
  const note = (what: string) => emit({ type: 'warning', message: `${place}: ${what}` })
  const host = new URL(client.gitUrl).host
  const entries = parseIndex(await parsed(text, path, place), host, note)
  if (entries !== null) return entries
  throw new ConfigError(`${place} is not an index of plugins`, {
    hint: 'expected a list of OWNER/NAME, or {"plugins": [{"repo": "OWNER/NAME"}]}',
  })
}

async function parsed(text: string, path: string, place: string): Promise<unknown> {
  const isYaml = ['.yaml', '.yml'].includes(extname(path).toLowerCase())
  try {
    if (!isYaml) return JSON.parse(text.replace(/^\ufeff/, ''))
    const { parse } = await import('yaml')
    return parse(text, { maxAliasCount: 100 })
  } catch (cause) {
    throw new ConfigError(`${place} is not valid ${isYaml ? 'YAML' : 'JSON'}`, { cause })
  }
}

/** In words, for warnings. */
export function nameOfSource(source: PluginSource): string {
  if (source.kind === 'topic') return `the topic ${source.topic}`
  if (source.kind === 'owner') return `the repositories of ${source.owner}`
  return `the index ${source.index.owner}/${source.index.repo}:${source.index.path}`
}

export const sourceKeyOf = ({ owner, repo }: Repo): string => `${owner}/${repo}`.toLowerCase()
