import { ConflictError, GitHubNotFoundError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import type { Repo } from '../base/names/repository.js'
import { oneLine } from '../base/text.js'
import { getLatestRelease, listReleases, type Release } from '../github/rest/releases.js'
import { tagCommit } from '../github/rest/tags.js'
import { withoutMark } from './drafts/mark.js'
import { nameOfSubject, type ReleaseInfo, type ReleaseSubject, releaseInfoOf } from './info.js'
import type { ReleaseSession } from './session.js'
import { isVersion, latestStable, tagOf, usualTemplate, versionIn } from './versions/versions.js'

/**
 * The releases of a subject, drafts included, newest first; for a component, those whose tags match
 * its template. A draft has no tag yet, so only a listing contains it.
 */
export async function releasesOf(
  { github }: Pick<ReleaseSession, 'github'>,
  { owner, repo, component }: ReleaseSubject,
): Promise<Release[]> {
  const all = await listReleases(github, owner, repo)
  if (component === null) return all
  return all.filter(({ tag_name: tag }) => versionIn(component.tag, tag) !== null)
}

/**
 * The tag that `@…` means: an exact tag, otherwise the version in the template.
 *
 * @param known existing tags, which take precedence over a version
 */
export function tagFor(
  { component }: Pick<ReleaseSubject, 'component'>,
  text: string,
  known: ReadonlySet<string>,
): string {
  if (known.has(text)) return text
  const template = component?.tag ?? usualTemplate
  const isTag = component !== null && versionIn(template, text) !== null
  if (isTag || !isVersion(text)) return text
  const tag = tagOf(template, text)
  // Outside components a bare version may be a future tag.
  return component !== null || known.has(tag) ? tag : text
}

/**
 * The one release of a tag, published or a draft.
 *
 * @throws ConflictError if several drafts share the tag
 */
export function releaseWithTag(releases: Release[], tag: string): Release | null {
  const found = releases.filter((release) => release.tag_name === tag)
  const published = found.find(({ draft }) => !draft)
  if (published !== undefined) return published
  if (found.length > 1) throw severalDrafts(found, tag)
  return found[0] ?? null
}

export function severalDrafts(drafts: Release[], tag: string): ConflictError {
  const ids = drafts.map(({ id }) => id).join(', ')
  return new ConflictError(`${oneLine(tag, 100)} has ${drafts.length} drafts: ${ids}`, {
    hint: [
      'delete all but one: ',
      { verb: ['API', 'DELETE'], target: '/repos/OWNER/REPO/releases/ID' },
    ],
  })
}

/**
 * The release that a target names, and all other releases.
 *
 * @param named the part after `@`; null: the latest
 * @throws GitHubNotFoundError with the existing names; ConflictError if several drafts share the
 *   tag
 */
export async function findRelease(
  session: Pick<ReleaseSession, 'github'>,
  subject: ReleaseSubject,
  named: string | null,
): Promise<{ release: Release; releases: Release[] }> {
  const releases = await releasesOf(session, subject)
  if (named === null) {
    const id = await latestId(session, subject, releases)
    const latest = releases.find((release) => release.id === id)
    if (latest !== undefined) return { release: latest, releases }
    throw new GitHubNotFoundError(`${nameOfSubject(subject)} has no latest release`, {
      hint: whatThereIs(releases),
    })
  }
  const tag = tagFor(subject, named, new Set(releases.map(({ tag_name }) => tag_name)))
  const release = releaseWithTag(releases, tag)
  if (release !== null) return { release, releases }
  throw new GitHubNotFoundError(`${nameOfSubject(subject)} has no release ${oneLine(tag, 100)}`, {
    hint: whatThereIs(releases),
  })
}

const whatThereIs = (releases: Release[]): Hint => {
  const tags = releases.map(({ tag_name, draft }) => `${tag_name}${draft ? ' (draft)' : ''}`)
  const more = tags.length > 10 ? `, and ${tags.length - 10} more` : ''
  return tags.length === 0
    ? ['it has no releases yet: ', { verb: ['RELEASE', 'CREATE'] }, ' makes one']
    : `available: ${oneLine(tags.slice(0, 10).join(', '), 400)}${more}`
}

/**
 * The id of the latest release: a component's highest stable version, otherwise GitHub's latest.
 */
export async function latestId(
  { github }: Pick<ReleaseSession, 'github'>,
  { component, ...repo }: ReleaseSubject,
  releases: Release[],
): Promise<number | null> {
  if (component === null) return githubsLatest(github, repo)
  const stable = releases.filter(({ draft, prerelease }) => !draft && !prerelease)
  const highest = latestStable(
    component.tag,
    stable.map(({ tag_name }) => tag_name),
  )
  return stable.find(({ tag_name }) => tag_name === highest?.tag)?.id ?? null
}

async function githubsLatest(
  github: ReleaseSession['github'],
  { owner, repo }: Repo,
): Promise<number | null> {
  try {
    return (await getLatestRelease(github, owner, repo)).id
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return null
    throw error
  }
}

export interface ListRequest {
  subject: ReleaseSubject
  /** true: only pre-releases; false: only others. */
  prerelease?: boolean | undefined
  limit?: number | undefined
}

/** The releases of a subject, newest first. */
export async function listOf(
  session: Pick<ReleaseSession, 'github'>,
  { subject, prerelease, limit }: ListRequest,
): Promise<ReleaseInfo[]> {
  const releases = await releasesOf(session, subject)
  const latest = releases.length === 0 ? null : await latestId(session, subject, releases)
  return releases
    .filter((release) => prerelease === undefined || release.prerelease === prerelease)
    .slice(0, limit)
    .map((release) => releaseInfoOf(release, { latest: release.id === latest }))
}

/** A release with its notes. */
export interface ViewedRelease extends ReleaseInfo {
  /** Markdown. */
  notes: string
}

/**
 * One release.
 *
 * @param named a tag or a version; null: the latest
 * @throws GitHubNotFoundError with the existing names
 */
export async function viewOne(
  session: Pick<ReleaseSession, 'github'>,
  subject: ReleaseSubject,
  named: string | null,
): Promise<ViewedRelease> {
  const { release, releases } = await findRelease(session, subject, named)
  const { owner, repo } = subject
  const [latest, commit] = await Promise.all([
    named === null ? release.id : latestId(session, subject, releases),
    tagCommit(session.github, owner, repo, release.tag_name),
  ])
  return {
    ...releaseInfoOf(release, { latest: release.id === latest, commit }),
    notes: withoutMark(release.body),
  }
}
