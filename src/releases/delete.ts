import { GitHubNotFoundError, withHint } from '../base/errors.js'
import { deleteRelease, type Release } from '../github/rest/releases.js'
import { deleteTag, tagCommit } from '../github/rest/tags.js'
import { logMarks } from '../logs/marks.js'
import { findRelease, tagFor } from './find.js'
import type { ReleaseInfo, ReleaseSubject } from './info.js'
import { releaseInfoOf } from './info.js'
import type { ReleaseSession } from './session.js'
import { isLatestNow } from './versions/latest.js'

export interface DeleteRequest {
  subject: ReleaseSubject
  /** A tag or a version. */
  named: string
  cleanupTag: boolean
  /** Called with what will be deleted, before anything is; false cancels. */
  confirm(plan: DeletionPlan): Promise<boolean>
}

/** What will be deleted. */
export interface DeletionPlan {
  tag: string
  /** null: an earlier run has deleted it, and only the tag is left. */
  release: ReleaseInfo | null
  /** Whether the tag is deleted too. */
  withTag: boolean
}

export interface Deleted extends DeletionPlan {
  deleted: boolean
}

/**
 * Deletes a release with its assets and, on request, its tag. The tag goes last, so that a run
 * after an interruption finds what is left.
 *
 * @throws GitHubNotFoundError; ConflictError if several drafts share the tag
 */
export async function deleteOne(session: ReleaseSession, request: DeleteRequest): Promise<Deleted> {
  const { subject, cleanupTag } = request
  const { owner, repo } = subject
  const { tag, release } = await find(session, request)
  const latest = release !== null && (await isLatestNow(session, subject, release))
  const info = release === null ? null : releaseInfoOf(release, { latest })
  const plan = { tag, release: info, withTag: cleanupTag }
  if (!(await request.confirm(plan))) return { ...plan, deleted: false }
  if (release !== null) await deleteRelease(session.github, owner, repo, release.id)
  if (cleanupTag) await removeTag(session, subject, tag, release !== null)
  const what = `${release === null ? '' : 'release'}${cleanupTag ? ' with its tag' : ''}`
  session.log.write(
    'releases',
    'INFO',
    `${logMarks.good} ${owner}/${repo} ${tag} deleted (${what.trim()})`,
  )
  return { ...plan, deleted: true }
}

/** @throws the refusal, with what is done already */
async function removeTag(
  { github }: ReleaseSession,
  { owner, repo }: ReleaseSubject,
  tag: string,
  isReleaseGone: boolean,
): Promise<void> {
  try {
    await deleteTag(github, owner, repo, tag)
  } catch (error) {
    if (!isReleaseGone) throw error
    throw withHint(
      error,
      `the release was deleted, but not its tag ${tag}: run the same command again`,
    )
  }
}

async function find(
  session: ReleaseSession,
  { subject, named, cleanupTag }: DeleteRequest,
): Promise<{ tag: string; release: Release | null }> {
  try {
    const { release } = await findRelease(session, subject, named)
    return { tag: release.tag_name, release }
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError) || !cleanupTag) throw error
    const tag = tagFor(subject, named, new Set())
    if ((await tagCommit(session.github, subject.owner, subject.repo, tag)) === null) throw error
    return { tag, release: null }
  }
}
