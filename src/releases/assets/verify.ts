import { ConflictError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import { isWhole } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { assetsByName, digestByDownload, hasBytes } from './compare.js'
import type { LocalAsset } from './local.js'
import { removeAsset, type UploadPlace } from './send.js'

/**
 * Reads the release's assets again and compares them with the files.
 *
 * @param others whether further assets are allowed
 * @returns the current assets
 * @throws ConflictError with every difference
 */
export async function verifyAssets(
  session: ReleaseSession,
  repo: Repo & { releaseId: number },
  assets: readonly LocalAsset[],
  { others }: { others: boolean },
): Promise<ReleaseAsset[]> {
  const there = await assetsByName(session, repo, repo.releaseId)
  const wrong: string[] = []
  for (const local of assets) {
    const asset = there.get(local.name)
    const digestOf = (one: ReleaseAsset) => digestByDownload(session, repo, one)
    if (asset === undefined) wrong.push(`${local.name} is missing`)
    else if (!(await hasBytes(local, asset, digestOf))) wrong.push(`${local.name} has other bytes`)
    else if (!(await local.isUnchanged())) wrong.push(`${local.path} changed in the meantime`)
  }
  const known = new Set(assets.map(({ name }) => name))
  const strangers = [...there.keys()].filter((name) => !known.has(name))
  if (!others) wrong.push(...strangers.map((name) => `${name} is not one of its files`))
  if (wrong.length === 0) return [...there.values()]
  throw new ConflictError(`the assets differ from the files on disk: ${wrong.join('; ')}`, {
    hint: 'something else writes to the files or the release: stop it, and run the command again',
  })
}

/**
 * Deletes assets of an earlier build from our own draft that this build does not have, so that only
 * the files on disk are published.
 *
 * @throws ConflictError for an asset that somebody else uploaded
 */
export async function removeStrangers(
  session: ReleaseSession,
  place: Omit<UploadPlace, 'uploadUrl' | 'replace'> & { author: string | null },
  assets: readonly LocalAsset[],
): Promise<void> {
  const { releaseId, author } = place
  const ours = new Set(assets.map(({ name }) => name))
  const there = [...(await assetsByName(session, place, releaseId)).values()]
  const strangers = there.filter(({ name }) => !ours.has(name))
  const foreign = strangers.filter(
    ({ uploader }) => uploader !== null && author !== null && uploader !== author,
  )
  if (foreign.length > 0) {
    const which = foreign.map(({ name, uploader }) => `${name} (${uploader})`).join(', ')
    throw new ConflictError(`somebody else added assets to the draft: ${which}`, {
      hint: 'delete them on its page, or add the files to the artifacts',
    })
  }
  for (const asset of strangers) {
    if (isWhole(asset)) {
      const message = `${asset.name} is no longer an artifact: deleting it from the draft`
      session.emit({ type: 'warning', message })
    }
    await removeAsset(session, place, asset)
  }
}
