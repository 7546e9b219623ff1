import { tagCommit } from '../github/tags.js'
import type { ReleaseDeps } from './deps.js'
import { findRelease, latestId, releasesOf } from './find.js'
import { infoOf } from './info.js'
import { withoutMark } from './mark.js'
import type { ReleaseInfo, ReleaseSubject } from './types.js'

export interface ListRequest {
  subject: ReleaseSubject
  /** Only pre-releases, or only others. */
  prerelease?: boolean | undefined
  limit?: number | undefined
}

/** The releases of a subject, the newest first. */
export async function listOf(
  deps: Pick<ReleaseDeps, 'github'>,
  { subject, prerelease, limit }: ListRequest,
): Promise<ReleaseInfo[]> {
  const releases = await releasesOf(deps, subject)
  const latest = releases.length === 0 ? null : await latestId(deps, subject, releases)
  return releases
    .filter((release) => prerelease === undefined || release.prerelease === prerelease)
    .slice(0, limit)
    .map((release) => infoOf(release, { latest: release.id === latest }))
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
 * @throws GitHubNotFoundError with what there is
 */
export async function viewOne(
  deps: Pick<ReleaseDeps, 'github'>,
  subject: ReleaseSubject,
  named: string | null,
): Promise<ViewedRelease> {
  const { release, releases } = await findRelease(deps, subject, named)
  const { owner, repo } = subject
  const [latest, commit] = await Promise.all([
    named === null ? release.id : latestId(deps, subject, releases),
    tagCommit(deps.github, owner, repo, release.tag_name),
  ])
  return {
    ...infoOf(release, { latest: release.id === latest, commit }),
    notes: withoutMark(release.body),
  }
}
