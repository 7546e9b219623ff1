import { withHint } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { Release } from '../../github/rest/releases.js'
import type { LocalAsset } from '../assets/local.js'
import { removeStrangers } from '../assets/strangers.js'
import { uploadAssets } from '../assets/upload.js'
import { verifyAssets } from '../assets/verify.js'
import type { ReleaseDeps } from '../deps.js'
import type { AssetStatus } from '../types.js'
import { draftStays } from './publish.js'

/**
 * Brings a draft of our own to hold these files and nothing else, each as it is on disk.
 *
 * @returns what became of each, by the asset's name
 * @throws what went wrong, with the hint that the draft stays
 */
export async function fillDraft(
  deps: ReleaseDeps,
  { owner, repo }: Repo,
  { id, tag_name: tag, upload_url: uploadUrl, author }: Release,
  assets: readonly LocalAsset[],
): Promise<ReadonlyMap<string, AssetStatus>> {
  const place = { owner, repo, releaseId: id, uploadUrl }
  const tell = (message: string) => deps.emit({ type: 'step', message })
  return keepingDraft(async () => {
    if (assets.length > 0)
      tell(`upload: ${assets.length} ${assets.length === 1 ? 'asset' : 'assets'}`)
    await removeStrangers(deps, { ...place, author }, assets)
    const uploaded = await uploadAssets(deps, assets, {
      place,
      release: tag,
      replace: true,
      hint: '',
    })
    tell('verify')
    await verifyAssets(deps, place, assets, { others: false })
    return new Map(uploaded.map(({ asset, status }) => [asset.name, status]))
  })
}

/** Says of a failure what it leaves behind. */
export async function keepingDraft<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withHint(error, draftStays)
  }
}
