import { ConfigError, reportError } from '../../base/errors.js'
import { filesOf } from '../../github/graphql/files.js'
import { type Manifest, manifestNames, parseManifest } from '../manifest/parse.js'
import type { PluginSession } from '../types.js'
import type { Indexed } from './index-file.js'
import { keyOf, look, type Named, nameOfSource, type PluginSource } from './sources.js'

/** A repository that holds a plugin. */
export interface FoundPlugin {
  owner: string
  repo: string
  archived: boolean
  /** At the head of its default branch. */
  manifest: Manifest
  /** The release that GitHub calls latest. */
  latest: { tag: string; commit: string | null } | null
}

type Deps = Pick<PluginSession, 'client' | 'emit'>

/**
 * Looks for plugins and reads their manifests, each repository once. What can't be read is a warning, and the rest is
 * found.
 *
 * @returns by id
 * @throws GitHubError and its kinds, ConfigError, where no source could be looked at
 */
export async function discover(
  deps: Deps,
  sources: readonly PluginSource[],
): Promise<FoundPlugin[]> {
  const named = await lookAtAll(deps, sources)
  const repositories = new Map<string, Indexed & { expected: boolean }>()
  for (const { repositories: some, expected } of named) {
    for (const one of some) {
      const known = repositories.get(keyOf(one))
      const manifest = known?.manifest ?? one.manifest
      const isExpected = expected || known?.expected === true
      repositories.set(keyOf(one), { ...one, manifest, expected: isExpected })
    }
  }
  return read(deps, [...repositories.values()])
}

/** One that fails is told; that all of them do is the error of the first. */
async function lookAtAll(deps: Deps, sources: readonly PluginSource[]): Promise<Named[]> {
  const looks = await Promise.allSettled(sources.map((source) => look(deps, source)))
  const named = looks.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  for (const [index, one] of looks.entries()) {
    if (one.status === 'fulfilled') continue
    if (named.length === 0) throw one.reason
    const source = sources[index]
    const what = source === undefined ? 'a source' : nameOfSource(source)
    const message = `${what} can't be looked at: ${reportError(one.reason).message}`
    deps.emit({ type: 'warning', message })
  }
  return named
}

async function read(
  { client, emit }: Deps,
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
    if (!text) {
      if (one.expected) warn(`${owner}/${repo} has no ${manifestNames.join(' or ')}: left out`)
      continue
    }
    try {
      const manifest = parseManifest(text, `${owner}/${repo}:${file}`, repo)
      const { archived = false, latest = null } = answer ?? {}
      found.set(keyOf({ owner, repo }), { owner, repo, archived, manifest, latest })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      warn(`${error.message}: left out`)
    }
  }
  return [...found.values()].sort((one, other) => (one.manifest.id < other.manifest.id ? -1 : 1))
}
