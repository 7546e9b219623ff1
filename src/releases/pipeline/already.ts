import { ConflictError } from '../../base/errors.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import type { Release } from '../../github/rest/releases.js'
import { hasBytes } from '../assets/judge.js'
import { assetsByName, digestByDownload } from '../assets/remote.js'
import type { ReleaseDeps } from '../deps.js'
import { infoOf } from '../info.js'
import { collect } from './build.js'
import { isLatest } from './judge.js'
import type { PublishFacts, PublishRequest, PublishResult } from './types.js'

/**
 * What is published stays as it is. Files that were named must be there with the bytes that they have.
 *
 * @throws ConflictError for one that is not
 */
export async function alreadyPublished(
  deps: ReleaseDeps,
  request: PublishRequest,
  { tag, source, remote, found: { published } }: PublishFacts,
): Promise<PublishResult> {
  const release = published as Release
  if (request.files.length > 0) await expectTheSame(deps, request, release)
  const { subject } = request
  const latest = !release.prerelease && isLatest(subject, source, remote)
  deps.log.write('releases', 'INFO', `${subject.owner}/${subject.repo} ${tag} is already published`)
  return { kind: 'already-published', release: infoOf(release, { latest, commit: remote.tagged }) }
}

async function expectTheSame(
  deps: ReleaseDeps,
  request: PublishRequest,
  { id, tag_name: tag }: Release,
): Promise<void> {
  const { subject } = request
  const there = await assetsByName(deps, subject, id)
  const digestOf = (asset: ReleaseAsset) => digestByDownload(deps, subject, asset)
  const wrong: string[] = []
  for (const local of await collect(request)) {
    const asset = there.get(local.name)
    if (asset === undefined) wrong.push(`it has no ${local.name}`)
    else if (!(await hasBytes(local, asset, digestOf))) wrong.push(`${local.name} has other bytes`)
  }
  if (wrong.length === 0) return
  throw new ConflictError(`${tag} is already published, and ${wrong.join(', ')}`, {
    hint: [
      'raise the version; ',
      { verb: ['RELEASE', 'UPLOAD'], brief: true },
      ' adds what is missing',
    ],
  })
}
