import { extname } from 'node:path'
import { ConfigError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { PluginIndex } from '../../config/files/plugins.js'
import { getFileContent } from '../../github/rest/contents.js'
import { listRepositories, searchRepositories } from '../../github/rest/repositories.js'
import type { PluginSession } from '../types.js'
import { type Indexed, parseIndex } from './index-file.js'

/** Where plugins are looked for. */
export type PluginSource =
  | { kind: 'topic'; topic: string; owner: string | null }
  | { kind: 'owner'; owner: string }
  | { kind: 'index'; index: PluginIndex }

type Deps = Pick<PluginSession, 'client' | 'emit'>

/** What a source names; whether each of them must be a plugin. */
export interface Named {
  repositories: Indexed[]
  expected: boolean
}

/** @throws GitHubError and its kinds; ConfigError for an index that is none */
export async function look({ client, emit }: Deps, source: PluginSource): Promise<Named> {
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
  { client, emit }: Deps,
  { owner, repo, path }: PluginIndex,
): Promise<Indexed[]> {
  const text = await getFileContent(client, owner, repo, path)
  const place = `${owner}/${repo}:${path}`
  const note = (what: string) => emit({ type: 'warning', message: `${place}: ${what}` })
  const host = new URL(client.gitUrl).host
  const entries = parseIndex(await parsed(text, path, place), host, note)
  if (entries !== null) return entries
  throw new ConfigError(`${place} is no index of plugins`, {
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
    throw new ConfigError(`${place} is no ${isYaml ? 'YAML' : 'JSON'}`, { cause })
  }
}

/** In words, for warnings. */
export function nameOfSource(source: PluginSource): string {
  if (source.kind === 'topic') return `the topic ${source.topic}`
  if (source.kind === 'owner') return `the repositories of ${source.owner}`
  return `the index ${source.index.owner}/${source.index.repo}:${source.index.path}`
}

export const keyOf = ({ owner, repo }: Repo): string => `${owner}/${repo}`.toLowerCase()
