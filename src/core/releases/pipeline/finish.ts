import { ConflictError, withHint } from '../../errors.js'
import { getRelease } from '../../github/releases.js'
import type { Release } from '../../github/shapes.js'
import { tagCommit } from '../../github/tags.js'
import type { LocalAsset } from '../assets/local.js'
import { removeStrangers } from '../assets/strangers.js'
import { uploadAssets } from '../assets/upload.js'
import { verifyAssets } from '../assets/verify.js'
import type { ReleaseDeps } from '../deps.js'
import { infoOf } from '../info.js'
import type { AssetStatus } from '../types.js'
import { ownDraft } from './draft.js'
import { publishDraft } from './publish-draft.js'
import { expectSameHead } from './source.js'
import type { Finished, PublishFacts, PublishPlan, PublishRequest } from './types.js'

export interface Made {
  facts: PublishFacts
  plan: PublishPlan
  assets: LocalAsset[]
}

/** The part that changes GitHub: draft, upload, verify, publish, confirm. A failure says what it leaves behind. */
export async function finish(
  deps: ReleaseDeps,
  request: PublishRequest,
  made: Made,
): Promise<Finished> {
  const { subject } = request
  const { tag, commit, prerelease, notes } = made.plan
  tell(deps, `draft: ${tag}`)
  const draft = await ownDraft(
    deps,
    {
      subject,
      tag,
      name: tag,
      notes,
      target: commit,
      prerelease,
      isGiven: request.notes.kind === 'text',
    },
    made.facts.found.drafts,
  )
  try {
    return await finishDraft(deps, request, made, draft)
  } catch (error) {
    throw withHint(
      error,
      `the draft of ${tag} stays, unpublished: the same command goes on with it`,
    )
  }
}

async function finishDraft(
  deps: ReleaseDeps,
  request: PublishRequest,
  { facts, plan, assets }: Made,
  draft: Release,
): Promise<Finished> {
  const { subject } = request
  const place = { ...subject, releaseId: draft.id, uploadUrl: draft.upload_url }
  const { author } = draft
  if (assets.length > 0) tell(deps, `upload: ${assets.length} assets`)
  await removeStrangers(deps, { ...place, author }, assets)
  const uploaded = await uploadAssets(deps, assets, {
    place,
    release: plan.tag,
    replace: true,
    hint: '',
  })
  tell(deps, 'verify')
  await verifyAssets(deps, place, assets, { others: false })
  const statuses = new Map(uploaded.map(({ asset, status }) => [asset.name, status]))
  if (request.draft) return { kind: 'draft', release: await infoNow(deps, place, plan, statuses) }
  await expectSameHead(facts.source)
  await expectTag(deps, subject, plan, 'before it was published')
  tell(deps, `publish: ${plan.tag}`)
  await publishDraft(deps, subject, draft.id, plan.latest)
  tell(deps, 'confirm')
  await verifyAssets(deps, place, assets, { others: false })
  await expectTag(deps, subject, plan, 'while it was published')
  return { kind: 'published', release: await infoNow(deps, place, plan, statuses) }
}

/** @throws ConflictError where the tag is at another commit */
async function expectTag(
  { github }: ReleaseDeps,
  { owner, repo }: PublishRequest['subject'],
  { tag, commit }: PublishPlan,
  when: string,
): Promise<void> {
  const now = await tagCommit(github, owner, repo, tag)
  if (now === null || now === commit) return
  throw new ConflictError(
    `somebody put ${tag} on another commit ${when}: ${now.slice(0, 7)}, not ${commit.slice(0, 7)}`,
    { hint: 'look at the tag and the release before you go on' },
  )
}

async function infoNow(
  { github }: ReleaseDeps,
  { owner, repo, releaseId }: { owner: string; repo: string; releaseId: number },
  { latest, commit }: PublishPlan,
  statuses: ReadonlyMap<string, AssetStatus>,
) {
  const release = await getRelease(github, owner, repo, releaseId)
  return infoOf(release, { latest: latest && !release.draft, commit, statuses })
}

const tell = ({ emit }: ReleaseDeps, message: string) => emit({ type: 'release-step', message })
