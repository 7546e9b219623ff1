import { type Release, updateRelease } from '../github/rest/releases.js'
import { logMarks } from '../logs/marks.js'
import { assertNoneLive } from './drafts/draft.js'
import { asPublished, assertShort, keepMark, withoutMark } from './drafts/mark.js'
import { publishDraft } from './drafts/publish.js'
import { findRelease } from './find.js'
import { type ReleaseInfo, type ReleaseSubject, releaseInfoOf } from './info.js'
import type { ReleaseSession } from './session.js'
import { isLatestNow, type LatestChoice, makeLatestOf } from './versions/latest.js'

export interface EditRequest {
  subject: ReleaseSubject
  /** A tag or a version. */
  named: string
  title?: string | undefined
  notes?: string | undefined
  /** false publishes. */
  draft?: boolean | undefined
  prerelease?: boolean | undefined
  latest?: LatestChoice | undefined
  /**
   * Called before a published release becomes a draft; false leaves everything as it is. Default:
   * continue.
   */
  confirm?: ((release: ReleaseInfo) => Promise<boolean>) | undefined
}

/**
 * Changes the given fields only. A component's release that is made a draft again says so in its
 * mark, and no PUBLISH replaces its assets.
 *
 * @returns the release, unchanged if `confirm` said no
 * @throws GitHubNotFoundError for the release; UsageError for notes that are too long, and for a draft
 *   or a pre-release that is to be the latest; LockedError for publishing a draft that another command
 *   fills
 */
export async function edit(session: ReleaseSession, request: EditRequest): Promise<ReleaseInfo> {
  const { subject, named, notes } = request
  if (notes !== undefined) assertShort(notes)
  const { release, releases } = await findRelease(session, subject, named)
  if (!(await isConfirmed(session, request, release))) return infoOf(session, subject, release)
  const now = await change(session, request, release, releases)
  const { owner, repo } = subject
  session.log.write(
    'releases',
    'INFO',
    `${logMarks.good} ${owner}/${repo} ${now.tag_name} changed (${now.url})`,
  )
  return infoOf(session, subject, now)
}

async function isConfirmed(
  session: ReleaseSession,
  { subject, draft, confirm }: EditRequest,
  release: Release,
): Promise<boolean> {
  if (release.draft || draft !== true || confirm === undefined) return true
  return confirm(await infoOf(session, subject, release))
}

const infoOf = async (session: ReleaseSession, subject: ReleaseSubject, release: Release) =>
  releaseInfoOf(release, { latest: await isLatestNow(session, subject, release) })

async function change(
  session: ReleaseSession,
  { subject, title, notes, draft, prerelease, latest }: EditRequest,
  release: Release,
  releases: Release[],
): Promise<Release> {
  const { owner, repo } = subject
  const { id, tag_name: tag, body: old } = release
  const publishes = release.draft && draft === false
  const isPrerelease = prerelease ?? release.prerelease
  const state = { tag, prerelease: isPrerelease, draft: draft ?? release.draft }
  const choice = publishes ? (latest ?? 'auto') : latest
  const makeLatest = choice && makeLatestOf(choice, subject, state, releases)
  if (publishes) {
    await assertNoneLive(session, [release])
    // A manual publication ends what a pipeline has begun, so the mark goes.
    const body = withoutMark(notes ?? old)
    const content = { name: title, body, prerelease, latest: makeLatest ?? 'legacy' }
    return publishDraft(session, subject, id, content)
  }
  const takesBack = !release.draft && draft === true
  const marked = takesBack ? asPublished(old) : old
  return updateRelease(session.github, owner, repo, id, {
    name: title,
    body: notes === undefined && !takesBack ? undefined : keepMark(notes ?? old, marked),
    prerelease,
    draft,
    latest: release.draft ? undefined : makeLatest,
  })
}
