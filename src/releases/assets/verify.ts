import { ConflictError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import type { ReleaseDeps } from '../deps.js'
import { hasBytes } from './judge.js'
import type { LocalAsset } from './local.js'
import { assetsByName, digestByDownload } from './remote.js'

/**
 * Asks GitHub once more what it has, and holds it against the files.
 *
 * @param others whether assets beside these may be there
 * @returns the assets as they are now
 * @throws ConflictError with everything that is not as it should be
 */
export async function verifyAssets(
  deps: ReleaseDeps,
  repo: Repo & { releaseId: number },
  assets: readonly LocalAsset[],
  { others }: { others: boolean },
): Promise<ReleaseAsset[]> {
  const there = await assetsByName(deps, repo, repo.releaseId)
  const wrong: string[] = []
  for (const local of assets) {
    const asset = there.get(local.name)
    const digestOf = (one: ReleaseAsset) => digestByDownload(deps, repo, one)
    if (asset === undefined) wrong.push(`${local.name} is missing`)
    else if (!(await hasBytes(local, asset, digestOf))) wrong.push(`${local.name} has other bytes`)
    else if (!(await local.isUnchanged())) wrong.push(`${local.path} changed meanwhile`)
  }
  const known = new Set(assets.map(({ name }) => name))
  const strangers = [...there.keys()].filter((name) => !known.has(name))
  if (!others) wrong.push(...strangers.map((name) => `${name} is none of its files`))
  if (wrong.length === 0) return [...there.values()]
  throw new ConflictError(`the assets are not what was read from disk: ${wrong.join('; ')}`, {
    hint: 'something else writes to the files or to the release: run the command again without it',
  })
}
