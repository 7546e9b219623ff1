import { ConflictError } from '../base/errors.js'
import { getRelease } from '../github/rest/releases.js'
import { localAssets } from './assets/local.js'
import { uploadAssets } from './assets/upload.js'
import { verifyAssets } from './assets/verify.js'
import { assertNoneLive } from './drafts/draft.js'
import { findRelease } from './find.js'
import type { ReleaseInfo, ReleaseSubject } from './info.js'
import { releaseInfoOf } from './info.js'
import type { ReleaseSession } from './session.js'
import { isLatestNow } from './versions/latest.js'

export interface UploadRequest {
  subject: ReleaseSubject
  /** A tag or a version. */
  named: string
  /** Absolute paths. */
  files: string[]
  /** Replaces assets with other bytes, on a draft. */
  clobber: boolean
}

/**
 * Adds files to a release. Assets with the same bytes stay.
 *
 * @throws PathError and UsageError for the files; GitHubNotFoundError for the release;
 *   ConflictError if an asset has other bytes and may not be replaced; LockedError if another command
 *   fills the draft
 */
export async function upload(
  session: ReleaseSession,
  { subject, named, files, clobber }: UploadRequest,
): Promise<ReleaseInfo> {
  const assets = await localAssets(files.map((path) => ({ path })))
  const { release } = await findRelease(session, subject, named)
  const { id, tag_name: tag, upload_url: uploadUrl, draft, immutable } = release
  if (immutable) {
    throw new ConflictError(`${tag} is immutable: its assets stay as they are`, {
      hint: 'release a new version',
    })
  }
  const { owner, repo } = subject
  await assertNoneLive(session, draft ? [release] : [])
  const replace = clobber && draft
  const look = async () => {
    if (replace) await assertStillDraft(session, subject, id)
  }
  const place = { owner, repo, releaseId: id, uploadUrl, replace, look }
  const uploaded = await uploadAssets(session, assets, {
    place,
    release: tag,
    hint: draft
      ? ['give ', { flag: 'clobber' }, ' to replace it']
      : 'published assets never change: rename the file, or release a new version',
  })
  await verifyAssets(session, place, assets, { others: true })
  const statuses = new Map(uploaded.map(({ asset, status }) => [asset.name, status]))
  const now = await getRelease(session.github, owner, repo, id)
  return releaseInfoOf(now, { latest: await isLatestNow(session, subject, now), statuses })
}

/** @throws ConflictError if it was published meanwhile; LockedError if another command fills it */
async function assertStillDraft(
  session: ReleaseSession,
  { owner, repo }: ReleaseSubject,
  id: number,
): Promise<void> {
  const now = await getRelease(session.github, owner, repo, id)
  if (now.draft) return assertNoneLive(session, [now])
  throw new ConflictError(
    `somebody published ${now.tag_name} in the meantime: its assets stay as they are`,
    {
      hint: 'rename the file, or release a new version',
    },
  )
}
