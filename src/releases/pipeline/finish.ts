import { ConflictError, withHint } from '../../base/errors.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import { getRelease, type Release } from '../../github/rest/releases.js'
import { tagCommit } from '../../github/rest/tags.js'
import { assetsByName, digestByDownload, hasBytes } from '../assets/compare.js'
import type { LocalAsset } from '../assets/local.js'
import { verifyAssets } from '../assets/verify.js'
import { ownDraft } from '../drafts/draft.js'
import { fillDraft, keepingDraft, publishDraft } from '../drafts/publish.js'
import { releaseInfoOf } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { isLatest } from './judge.js'
import { collectArtifacts } from './make.js'
import type {
  Finished,
  PublishFacts,
  PublishPlan,
  PublishRequest,
  PublishResult,
} from './request.js'
import { assertSameHead } from './source.js'

export interface Made {
  facts: PublishFacts
  plan: PublishPlan
  assets: LocalAsset[]
}

/**
 * The part that changes GitHub: draft, upload, verify, publish, confirm. A failure says what it
 * leaves behind.
 */
export async function finish(
  session: ReleaseSession,
  request: PublishRequest,
  made: Made,
): Promise<Finished> {
  const { subject } = request
  const { facts, plan, assets } = made
  const { tag, commit, prerelease, notes, latest } = plan
  emitStep(session, `draft: ${tag}`)
  const content = { tag, name: tag, notes, target: commit, prerelease }
  const maker = { verb: 'publish', subject } as const
  const isGiven = request.notes.kind === 'text'
  const draft = await ownDraft(session, { ...content, maker, isGiven }, facts.found.drafts)
  const statuses = await fillDraft(session, subject, draft, assets)
  const published = request.draft ? null : await publishWhole(session, request, made, draft)
  const release =
    published ?? (await getRelease(session.github, subject.owner, subject.repo, draft.id))
  const info = releaseInfoOf(release, { latest: latest && !release.draft, commit, statuses })
  return { kind: release.draft ? 'draft' : 'published', release: info }
}

async function publishWhole(
  session: ReleaseSession,
  { subject }: PublishRequest,
  { facts, plan, assets }: Made,
  { id }: Release,
): Promise<Release> {
  const { owner, repo } = subject
  await keepingDraft(async () => {
    await assertSameHead(facts.source)
    await assertTag(session, subject, plan, 'before it was published')
  })
  emitStep(session, `publish: ${plan.tag}`)
  await publishDraft(session, subject, id, { latest: plan.latest ? 'true' : 'false' })
  emitStep(session, 'confirm')
  try {
    await verifyAssets(session, { owner, repo, releaseId: id }, assets, { others: false })
    await assertTag(session, subject, plan, 'while it was published')
    return await getRelease(session.github, owner, repo, id)
  } catch (error) {
    throw withHint(error, `${plan.tag} is published`)
  }
}

/** @throws ConflictError if the tag is at another commit */
async function assertTag(
  { github }: ReleaseSession,
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

const emitStep = ({ emit }: ReleaseSession, message: string) => emit({ type: 'step', message })

/**
 * A published release stays as it is. Named files must be in it with the same bytes.
 *
 * @throws ConflictError for a file that is not
 */
export async function alreadyPublished(
  session: ReleaseSession,
  request: PublishRequest,
  { tag, source, remote, found: { published } }: PublishFacts,
): Promise<PublishResult> {
  const release = published as Release
  if (request.files.length > 0) await assertTheSame(session, request, release)
  const { subject } = request
  const latest = !release.prerelease && isLatest(subject, source, remote)
  session.log.write(
    'releases',
    'INFO',
    `${subject.owner}/${subject.repo} ${tag} is already published`,
  )
  return {
    kind: 'already-published',
    release: releaseInfoOf(release, { latest, commit: remote.tagged }),
  }
}

async function assertTheSame(
  session: ReleaseSession,
  request: PublishRequest,
  { id, tag_name: tag }: Release,
): Promise<void> {
  const { subject } = request
  const there = await assetsByName(session, subject, id)
  const digestOf = (asset: ReleaseAsset) => digestByDownload(session, subject, asset)
  const wrong: string[] = []
  for (const local of await collectArtifacts(request)) {
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
