import {
  ConflictError,
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  GitHubRateLimitError,
  LockedError,
} from '../../base/errors.js'
import { explainError } from '../../base/fs/system-error.js'
import type { Repo } from '../../base/names/repository.js'
import {
  deleteReleaseAsset,
  type ReleaseAsset,
  uploadReleaseAsset,
} from '../../github/rest/release-assets.js'
import { isWhole } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { assetsByName, digestByDownload, hasBytes } from './compare.js'
import type { LocalAsset } from './local.js'

export interface UploadPlace extends Repo {
  releaseId: number
  uploadUrl: string
  /** Whether assets with other bytes are replaced. */
  replace: boolean
  /** Looks at the release again, right before an asset is deleted. @throws if none may be */
  look(): Promise<unknown>
}

/** How many times to send an asset. */
const mostTries = 4
const firstPause = 1000
/** Milliseconds that every upload may take, and milliseconds per megabyte: 50 kB a second. */
const shortestDeadline = 10 * 60_000
const perMegabyte = 20_000

/**
 * Sends one file until the release has the same bytes. After every failure it asks for the
 * release's assets: the answer may be lost although the asset was stored, and a broken upload
 * leaves an asset with that name.
 *
 * @param old an asset of that name, which is deleted first
 * @throws ConflictError if the file has changed since, or GitHub has other bytes than were sent
 */
export async function sendAsset(
  session: ReleaseSession,
  place: UploadPlace,
  local: LocalAsset,
  old: ReleaseAsset | null,
): Promise<ReleaseAsset> {
  if (old !== null) await removeAsset(session, place, old)
  for (let tries = 1; ; tries++) {
    try {
      return await sendOnce(session, place, local)
    } catch (error) {
      const there = await settle(session, place, local, error)
      if (there !== null) return there
      if (tries === mostTries || !isWorthRepeating(error)) throw error
      session.emit({
        type: 'warning',
        message: `sending ${local.name} again: ${explainError(error).message}`,
      })
      await session.clock.sleep(firstPause * 2 ** (tries - 1), session.signal)
    }
  }
}

/** Looks at the release first. Succeeds also if the asset no longer exists. */
export async function removeAsset(
  { github }: Pick<ReleaseSession, 'github'>,
  { owner, repo, look }: Pick<UploadPlace, 'owner' | 'repo' | 'look'>,
  { id }: Pick<ReleaseAsset, 'id'>,
): Promise<void> {
  await look()
  await deleteReleaseAsset(github, owner, repo, id)
}

async function sendOnce(
  session: ReleaseSession,
  place: UploadPlace,
  local: LocalAsset,
): Promise<ReleaseAsset> {
  const { github, emit } = session
  const { name, path, contentType, size } = local
  const limit = deadline(session, local)
  try {
    const { sha256, ...asset } = await uploadReleaseAsset(github, place.uploadUrl, path, {
      name,
      contentType,
      signal: limit.signal,
      onProgress: ({ done }) =>
        emit({ type: 'transfer-progress', direction: 'upload', name, done, total: size }),
    })
    const isChanged = !(await local.isUnchanged()) || !(await local.confirm(sha256))
    const isOther =
      asset.size !== size ||
      (asset.digest !== null && asset.digest.toLowerCase() !== `sha256:${sha256}`)
    if (!isChanged && !isOther) return asset
    await removeAsset(session, place, asset)
    throw isChanged ? changed(path) : new DigestError(asset, sha256)
  } finally {
    limit.clear()
  }
}

/** GitHub stored other bytes than were sent, so the asset was deleted again. */
class DigestError extends ConflictError {
  constructor({ name, digest, size }: ReleaseAsset, sha256: string) {
    super(`GitHub's bytes of ${name} differ from those sent: ${digest ?? `${size} bytes`}`, {
      hint: `sha256:${sha256} was sent; the asset was deleted: run the command again`,
    })
  }
}

const changed = (path: string) =>
  new ConflictError(`${path} changed during the upload`, {
    hint: 'the asset was deleted: run the command again when nothing writes to the file',
  })

const meanwhile = ({ name }: LocalAsset, cause: unknown) =>
  new ConflictError(`somebody uploaded other bytes as ${name} in the meantime`, {
    hint: 'look at the release before you continue',
    cause,
  })

/**
 * Checks what a failed attempt left: keeps a complete asset, and deletes anything else of that
 * name.
 *
 * @returns the asset, if it is there after all
 * @throws the first error if GitHub can't be asked; ConflictError or LockedError if what is there may
 *   not be replaced
 */
async function settle(
  session: ReleaseSession,
  place: UploadPlace,
  local: LocalAsset,
  error: unknown,
): Promise<ReleaseAsset | null> {
  if (session.signal?.aborted || !mayHaveLeft(error)) return null
  try {
    const asset = (await assetsByName(session, place, place.releaseId)).get(local.name)
    if (asset === undefined) return null
    const digestOf = (one: ReleaseAsset) => digestByDownload(session, place, one)
    if ((await local.isUnchanged()) && (await hasBytes(local, asset, digestOf))) return asset
    // A whole asset is no rest of this attempt: another command has uploaded it.
    if (isWhole(asset) && !place.replace) throw meanwhile(local, error)
    await removeAsset(session, place, asset)
    return null
  } catch (refusal) {
    throw refusal instanceof ConflictError || refusal instanceof LockedError ? refusal : error
  }
}

const isRefused = (error: unknown) =>
  error instanceof GitHubAuthError ||
  error instanceof GitHubNotFoundError ||
  error instanceof GitHubRateLimitError

/** A refusal changes nothing; any other failure may have left a part of the asset. */
const mayHaveLeft = (error: unknown) => !isRefused(error) && !(error instanceof DigestError)

/** A taken name (422) has been freed; other refusals would repeat. */
function isWorthRepeating(error: unknown): boolean {
  if (error instanceof GitHubNetworkError || error instanceof DigestError) return true
  return error instanceof GitHubError && !isRefused(error) && /already|taken/i.test(error.message)
}

/** The transport notices silence; this deadline stops an upload that is too slow. */
function deadline(
  { clock, signal }: Pick<ReleaseSession, 'clock' | 'signal'>,
  { name, size }: LocalAsset,
): { signal: AbortSignal; clear(): void } {
  const over = new AbortController()
  const milliseconds = shortestDeadline + (size / 2 ** 20) * perMegabyte
  const minutes = Math.round(milliseconds / 60_000)
  const clear = clock.after(milliseconds, () =>
    over.abort(new GitHubNetworkError(`${name} was not sent after ${minutes} minutes`)),
  )
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal])
  return { signal: either, clear }
}
