import { ConflictError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { deleteReleaseAsset } from '../../github/rest/release-assets.js'
import type { ReleaseDeps } from '../deps.js'
import { isWhole } from '../info.js'
import type { LocalAsset } from './local.js'
import { assetsByName } from './remote.js'

/**
 * Deletes from a draft of our own what an earlier build left and this one has no more, so that nothing is published but
 * what is on disk.
 *
 * @throws ConflictError for an asset that somebody else put there
 */
export async function removeStrangers(
  deps: ReleaseDeps,
  place: Repo & { releaseId: number; author: string | null },
  assets: readonly LocalAsset[],
): Promise<void> {
  const { owner, repo, releaseId, author } = place
  const ours = new Set(assets.map(({ name }) => name))
  const there = [...(await assetsByName(deps, place, releaseId)).values()]
  const strangers = there.filter(({ name }) => !ours.has(name))
  const foreign = strangers.filter(
    ({ uploader }) => uploader !== null && author !== null && uploader !== author,
  )
  if (foreign.length > 0) {
    const which = foreign.map(({ name, uploader }) => `${name} (${uploader})`).join(', ')
    throw new ConflictError(`somebody else put assets into the draft: ${which}`, {
      hint: 'delete them on its page, or put the files among the artifacts',
    })
  }
  for (const asset of strangers) {
    if (isWhole(asset)) {
      const message = `${asset.name} is no artifact any more: it is deleted from the draft`
      deps.emit({ type: 'warning', message })
    }
    await deleteReleaseAsset(deps.github, owner, repo, asset.id)
  }
}
