import { inLanes } from '../../base/async/lanes.js'
import type { Clock } from '../../base/clock.js'
import type { Hint } from '../../base/hint.js'
import { webHostOf } from '../../base/names/host.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import type { AssetStatus } from '../info.js'
import type { ReleaseSession } from '../session.js'
import {
  assertNoReplacement,
  assetsByName,
  digestByDownload,
  type Judgement,
  judge,
} from './compare.js'
import type { LocalAsset } from './local.js'
import { sendAsset, type UploadPlace } from './send.js'

/** As many uploads as fill a home connection. */
const atOnce = 4

export interface UploadPlan {
  place: UploadPlace
  /** The release's name in messages: `v1.2.3`. */
  release: string
  /** The remedy if replacing is not allowed. */
  hint: Hint
}

export interface UploadedAsset {
  asset: ReleaseAsset
  status: AssetStatus
}

/**
 * Uploads files to a release, several at once. Assets with the same bytes stay, and the rest of an
 * earlier attempt is replaced. Checks all files before it sends the first.
 *
 * @returns in the order of the files
 * @throws ConflictError if an asset with other bytes may not be replaced
 */
export async function uploadAssets(
  session: ReleaseSession,
  assets: readonly LocalAsset[],
  { place, release, hint }: UploadPlan,
): Promise<UploadedAsset[]> {
  const there = await assetsByName(session, place, place.releaseId)
  const digestOf = (asset: ReleaseAsset) => digestByDownload(session, place, asset)
  const judged: { local: LocalAsset; judgement: Judgement }[] = []
  for (const local of assets) {
    judged.push({ local, judgement: await judge(local, there.get(local.name), digestOf) })
  }
  if (!place.replace) assertNoReplacement(judged, release, hint)
  const sent = judged.filter(({ judgement }) => judgement.kind !== 'same')
  const bytes = sent.reduce((sum, { local }) => sum + local.size, 0)
  session.emit({ type: 'transfer-planned', files: assets.length, bytes })
  const pace = createPace(session.clock, webHostOf(session.github.baseUrl), session.signal)
  const uploaded = new Map<LocalAsset, UploadedAsset>()
  await inLanes(atOnce, judged, async ({ local, judgement }) => {
    session.signal?.throwIfAborted()
    uploaded.set(local, await uploadOne(session, place, local, judgement, pace))
  })
  return assets.flatMap((local) => uploaded.get(local) ?? [])
}

async function uploadOne(
  session: ReleaseSession,
  place: UploadPlace,
  local: LocalAsset,
  judgement: Judgement,
  pace: () => Promise<void>,
): Promise<UploadedAsset> {
  const { name, size } = local
  const done = (asset: ReleaseAsset, status: AssetStatus): UploadedAsset => {
    session.emit({ type: 'transfer-done', direction: 'upload', name, size, status })
    session.log.write(
      'releases',
      'INFO',
      `${place.owner}/${place.repo}: ${name} ${status} (${size} bytes)`,
    )
    return { asset, status }
  }
  if (judgement.kind === 'same') return done(judgement.asset, 'unchanged')
  await pace()
  const asset = await sendAsset(session, place, local, judgement.old)
  return done(asset, judgement.replaces ? 'replaced' : 'uploaded')
}

/** This many requests go at once, so that a release of a few files is not delayed. */
const free = 50
/** Milliseconds between later requests: 75 a minute, while GitHub allows about 80. */
const between = 800

/**
 * Paces requests that create content. If a secondary rate limit occurs anyway, the transport waits
 * for it.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 *
 * @param host other servers have no such limit, unless their owner sets one
 */
export function createPace(
  clock: Clock,
  host: string,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  const isLimited = /(?:^|\.)(?:github\.com|ghe\.com)$/.test(host)
  let begun = 0
  let next = 0
  return async () => {
    begun++
    if (!isLimited || begun <= free) return
    next = Math.max(clock.now(), next + between)
    const wait = next - clock.now()
    if (wait > 0) await clock.sleep(wait, signal)
  }
}
