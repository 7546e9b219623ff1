import { ConflictError, withHint } from '../../base/errors.js'
import type { ReleaseAsset } from '../../github/rest/release-assets.js'
import { getRelease, getReleaseByTag, type Release } from '../../github/rest/releases.js'
import { tagCommit } from '../../github/rest/tags.js'
import { assetsByName, digestByDownload, hasBytes } from '../assets/compare.js'
import type { LocalAsset } from '../assets/local.js'
import { verifyAssets } from '../assets/verify.js'
import { claimDraft, removeIdle } from '../drafts/draft.js'
import { type HeldDraft, letGo, whileHeld } from '../drafts/held.js'
import { fillDraft, keepingDraft, publishHeld } from '../drafts/publish.js'
import { releaseInfoOf } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { findOwn, isLatest } from './judge.js'
import { collectArtifacts } from './make.js'
import type {
  AlreadyPublished,
  Completed,
  Finished,
  PublishFacts,
  PublishPlan,
  PublishRequest,
} from './request.js'
import { assertSameHead } from './source.js'

export interface Made {
  facts: PublishFacts
  plan: PublishPlan
  assets: LocalAsset[]
}

/**
 * The part that changes GitHub: draft, upload, verify, publish, confirm. A failure says what it
 * leaves behind. If another machine publishes first, this run leaves nothing.
 */
export async function finish(
  session: ReleaseSession,
  request: PublishRequest,
  made: Made,
): Promise<Completed> {
  const { subject } = request
  const { facts, plan } = made
  const { tag, commit, prerelease, notes } = plan
  emitStep(session, `draft: ${tag}`)
  const content = { tag, name: tag, notes, target: commit, prerelease }
  const maker = { verb: 'publish', subject } as const
  const isGiven = request.notes.kind === 'text'
  const claim = await claimDraft(session, { ...content, maker, isGiven })
  if ('published' in claim) return foundPublished(session, request, facts, claim.published)
  const work = (held: HeldDraft) => complete(session, request, made, held)
  const done = await whileHeld(session, claim.held, work)
  return done ?? foundPublished(session, request, facts, null)
}

/** @returns null if another run was first */
async function complete(
  session: ReleaseSession,
  request: PublishRequest,
  made: Made,
  held: HeldDraft,
): Promise<Finished | null> {
  const { assets, plan } = made
  const statuses = await fillDraft(session, held, assets)
  const release = request.draft
    ? await letGo(session, held)
    : await publishWhole(session, request, made, held)
  if (release === null) return null
  const latest = plan.latest && !release.draft && !release.prerelease
  const info = releaseInfoOf(release, { latest, commit: plan.commit, statuses })
  return { kind: release.draft ? 'draft' : 'published', release: info }
}

async function publishWhole(
  session: ReleaseSession,
  { subject }: PublishRequest,
  { facts, plan, assets }: Made,
  held: HeldDraft,
): Promise<Release | null> {
  const { owner, repo } = subject
  const { id } = held.release
  await keepingDraft(async () => {
    await assertSameHead(facts.source)
    await assertTag(session, subject, plan, 'before it was published')
  })
  emitStep(session, `publish: ${plan.tag}`)
  const latest = plan.latest ? 'true' : 'false'
  if ((await publishHeld(session, held, { latest })) === null) return null
  emitStep(session, 'confirm')
  try {
    await verifyAssets(session, { owner, repo, releaseId: id }, assets, { others: false })
    await assertTag(session, subject, plan, 'while it was published')
    return await getRelease(session.github, owner, repo, id)
  } catch (error) {
    throw withHint(error, `${plan.tag} is published`)
  }
}

/** Another run has published the tag since the checks. @param known null: ask for it */
async function foundPublished(
  session: ReleaseSession,
  request: PublishRequest,
  facts: PublishFacts,
  known: Release | null,
): Promise<Completed> {
  const { owner, repo } = request.subject
  const [published, tagged] = await Promise.all([
    known ?? getReleaseByTag(session.github, owner, repo, facts.tag),
    tagCommit(session.github, owner, repo, facts.tag),
  ])
  const remote = { ...facts.remote, tagged }
  const found = findOwn(request.subject, facts.tag, facts.source, {
    releases: published === null ? [] : [published],
    tagged,
  })
  return alreadyPublished(session, request, { ...facts, remote, found })
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
    `somebody moved ${tag} ${when}: it is at ${now.slice(0, 7)}, not ${commit.slice(0, 7)}`,
    { hint: 'look at the tag and the release before you continue' },
  )
}

const emitStep = ({ emit }: ReleaseSession, message: string) => emit({ type: 'step', message })

/**
 * A published release stays as it is. Named files must be in it with the same bytes. Drafts of runs
 * that another one has overtaken are removed.
 *
 * @throws ConflictError for a file that is not
 */
export async function alreadyPublished(
  session: ReleaseSession,
  request: PublishRequest,
  { tag, source, remote, found: { published, drafts } }: PublishFacts,
): Promise<AlreadyPublished> {
  const release = published as Release
  const { subject, dryRun } = request
  if (request.files.length > 0) await assertTheSame(session, request, release)
  if (!dryRun) await removeIdle(session, { maker: { verb: 'publish', subject }, tag }, drafts)
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
