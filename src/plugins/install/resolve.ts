import { ConfigError, ConflictError, GitHubNotFoundError } from '../../base/errors.js'
import { fullNameOf, type Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { getFileContent } from '../../github/rest/contents.js'
import { getLatestRelease, getReleaseByTag, type Release } from '../../github/rest/releases.js'
import { getRepositoryIdentity, type RepositoryIdentity } from '../../github/rest/repositories.js'
import { listTags, tagCommit } from '../../github/rest/tags.js'
import {
  isPrerelease,
  isVersion,
  latestStable,
  tagOf,
  usualTemplate,
  versionTags,
} from '../../releases/versions/versions.js'
import { type Manifest, manifestNames, parseManifest } from '../manifest/parse.js'
import { readRange, readVersion } from '../manifest/range.js'
import type { PluginSession } from '../session.js'

/** A plugin's repository and version. */
export interface WantedPlugin extends Repo {
  /** A tag or a version; null: the latest. */
  named: string | null
  /** The template of its tags, if a component defines one. */
  template: string | null
  /** GitHub's id of the repository that the lock names; default: any. */
  repositoryId?: number | null | undefined
  /** If no version is named: the versions of which the highest is taken; default: any. */
  range?: string | null | undefined
}

/** One version of a plugin on GitHub. */
export interface PluginVersion extends Repo {
  /** GitHub's ids, which stay when a name changes; null: unknown. */
  repositoryId: number | null
  ownerId: number | null
  tag: string
  template: string | null
  /** The full id of the tag's commit. */
  commit: string
  /** null: there is only the tag. */
  release: Release | null
  manifest: Manifest
  /** The manifest file at that commit, verbatim. */
  file: { name: string; text: string }
}

type Session = Pick<PluginSession, 'client'>

/**
 * Finds a version of a plugin, and reads its manifest. A renamed repository is followed.
 *
 * @throws GitHubNotFoundError with the existing names; ConfigError for an unreadable manifest;
 *   ConflictError if the name is another repository's now
 */
export async function resolveVersion(
  { client }: Session,
  asked: WantedPlugin,
): Promise<PluginVersion> {
  const { id: repositoryId, ownerId, owner, repo } = await currentOf({ client }, asked)
  const wanted = { ...asked, owner, repo }
  const { named, template } = wanted
  const { tag, commit } =
    named === null
      ? ((await highestIn({ client }, wanted)) ?? (await latestVersion({ client }, wanted)))
      : await namedVersion({ client }, wanted, named)
  const [release, file] = await Promise.all([
    getReleaseByTag(client, owner, repo, tag),
    readManifest({ client }, wanted, commit),
  ])
  const place = `${owner}/${repo}@${oneLine(tag, 60)}:${file.name}`
  return {
    repositoryId,
    ownerId,
    owner,
    repo,
    tag,
    template,
    commit,
    release,
    file,
    manifest: parseManifest(file.text, place, repo),
  }
}

async function currentOf({ client }: Session, asked: WantedPlugin): Promise<RepositoryIdentity> {
  const { owner, repo, repositoryId } = asked
  const identity = await getRepositoryIdentity(client, owner, repo)
  assertSameId(asked, repositoryId ?? null, identity.id)
  return identity
}

/** @throws ConflictError if both are known and differ */
export function assertSameId(asked: Repo, locked: number | null, found: number | null): void {
  if (locked === null || found === null || locked === found) return
  throw new ConflictError(
    `${fullNameOf(asked)} is now a different repository from the one that was installed`,
    {
      hint: `the lock has the repository ${locked}, but this one is ${found}: the old one was renamed or removed, and its name reused`,
    },
  )
}

interface Tagged {
  tag: string
  commit: string
}

async function namedVersion(
  { client }: Session,
  wanted: WantedPlugin,
  named: string,
): Promise<Tagged> {
  const { owner, repo, template } = wanted
  const templates = template === null ? [usualTemplate] : [template]
  const tags = isVersion(named) ? templates.map((one) => tagOf(one, named)) : []
  for (const tag of [named, ...tags]) {
    const commit = await tagCommit(client, owner, repo, tag)
    if (commit !== null) return { tag, commit }
  }
  const known = (await listTags(client, owner, repo)).map(({ name }) => name)
  const more = known.length > 10 ? `, and ${known.length - 10} more` : ''
  throw new GitHubNotFoundError(`${fullNameOf(wanted)} has no tag ${oneLine(named, 100)}`, {
    hint:
      known.length === 0
        ? 'it has no tags at all'
        : `available: ${oneLine(known.slice(0, 10).join(', '), 400)}${more}`,
  })
}

/** The highest tag within the wanted range, stable ones first; null: there is none, or no range. */
async function highestIn({ client }: Session, wanted: WantedPlugin): Promise<Tagged | null> {
  const { owner, repo, template, range } = wanted
  const allowed = range == null ? null : readRange(range)
  if (allowed === null) return null
  const tags = await listTags(client, owner, repo)
  const names = tags.map(({ name }) => name)
  const fitting = (template === null ? [usualTemplate, '{version}'] : [template])
    .flatMap((one) => versionTags(one, names))
    .filter(({ version }) => {
      const read = readVersion(version)
      return read !== null && allowed.includes(read)
    })
  const best = fitting.find(({ version }) => !isPrerelease(version)) ?? fitting[0]
  const found = tags.find(({ name }) => name === best?.tag)
  return found === undefined ? null : { tag: found.name, commit: found.commit }
}

/**
 * For a component the highest stable tag of its template. Otherwise GitHub's latest release,
 * otherwise the highest stable version among the tags, otherwise the highest of all.
 */
async function latestVersion({ client }: Session, wanted: WantedPlugin): Promise<Tagged> {
  const { owner, repo, template } = wanted
  const latest = template === null ? await latestTag({ client }, wanted) : null
  if (latest !== null) {
    const commit = await tagCommit(client, owner, repo, latest)
    if (commit !== null) return { tag: latest, commit }
  }
  const tags = await listTags(client, owner, repo)
  const names = tags.map(({ name }) => name)
  const templates = template === null ? [usualTemplate, '{version}'] : [template]
  const highest =
    templates.map((one) => latestStable(one, names)).find((one) => one !== null) ??
    templates.flatMap((one) => versionTags(one, names).slice(0, 1))[0]
  const found = tags.find(({ name }) => name === highest?.tag)
  if (found !== undefined) return { tag: found.name, commit: found.commit }
  throw new GitHubNotFoundError(`${fullNameOf(wanted)} has neither a release nor a version tag`, {
    hint: [
      'a plugin is installed from a tag: ',
      { verb: ['RELEASE', 'CREATE'], target: `${fullNameOf(wanted)}@v1.0.0` },
      ' creates one',
    ],
  })
}

async function latestTag({ client }: Session, { owner, repo }: Repo): Promise<string | null> {
  try {
    return (await getLatestRelease(client, owner, repo)).tag_name
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return null
    throw error
  }
}

async function readManifest({ client }: Session, { owner, repo }: Repo, commit: string) {
  for (const name of manifestNames) {
    try {
      return { name, text: await getFileContent(client, owner, repo, name, commit) }
    } catch (error) {
      if (!(error instanceof GitHubNotFoundError)) throw error
    }
  }
  throw new ConfigError(
    `${owner}/${repo} is not a plugin: it has no ${manifestNames.join(' or ')}`,
    {
      hint: [{ verb: ['PLUGIN', 'SEARCH'] }, ' lists available plugins'],
    },
  )
}
