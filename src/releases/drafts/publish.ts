import { GitHubError, GitHubNetworkError, withHint } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import {
  getRelease,
  getReleaseByTag,
  type MakeLatest,
  type Release,
  type ReleaseOptions,
  updateRelease,
} from '../../github/rest/releases.js'
import type { LocalAsset } from '../assets/local.js'
import { uploadAssets } from '../assets/upload.js'
import { removeStrangers, verifyAssets } from '../assets/verify.js'
import type { AssetStatus } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { type HeldDraft, removeHeld } from './held.js'
import { asPublished } from './mark.js'

/** What a failed publication leaves. */
export const draftStays = 'the draft stays unpublished: the same command continues with it'

const mostTries = 3
/** Milliseconds; each pause is longer by this. */
const pause = 2000

/**
 * Publishes a draft once: if the answer is lost, the release shows whether it happened. Looks at it
 * first: a person may have made it a pre-release, which can't be the latest. The mark then no longer
 * names a run, but says that it is published.
 *
 * @param content replaces the draft's content in the same request
 * @param look default: whatever state it is in
 */
export async function publishDraft(
  session: ReleaseSession,
  { owner, repo }: Repo,
  id: number,
  content: Pick<ReleaseOptions, 'name' | 'body' | 'prerelease'> & { latest: MakeLatest },
  look: () => Promise<Release> = () => getRelease(session.github, owner, repo, id),
): Promise<Release> {
  for (let tries = 1; ; tries++) {
    const seen = await look()
    const isPrerelease = content.prerelease ?? seen.prerelease
    const options = {
      ...content,
      body: asPublished(content.body ?? seen.body),
      latest: isPrerelease ? ('false' as const) : content.latest,
    }
    try {
      return await updateRelease(session.github, owner, repo, id, { ...options, draft: false })
    } catch (error) {
      if (!(error instanceof GitHubNetworkError)) throw withHint(error, draftStays)
      const now = await stateOf(session, { owner, repo }, id, error)
      if (!now.draft) return now
      if (tries === mostTries) throw withHint(error, draftStays)
      await session.clock.sleep(pause * tries, session.signal)
    }
  }
}

/**
 * Publishes a held draft. GitHub publishes a tag once: if another run was first, the draft is
 * removed.
 *
 * @returns null if another run was first
 */
export async function publishHeld(
  session: ReleaseSession,
  held: HeldDraft,
  content: Parameters<typeof publishDraft>[3],
): Promise<Release | null> {
  const { owner, repo } = held.repo
  const { id, tag_name: tag } = held.release
  await held.quieten()
  try {
    return await publishDraft(session, held.repo, id, content, held.look)
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status !== 422) throw error
    const burnt = burntTag(error, tag)
    if (burnt !== null) throw burnt
    if ((await getReleaseByTag(session.github, owner, repo, tag)) === null) throw error
    await removeHeld(session, held)
    return null
  }
}

/**
 * GitHub keeps the tag of an immutable release for ever, even once release and tag are deleted, and
 * says so only when another release with that tag is published.
 * https://docs.github.com/en/code-security/concepts/supply-chain-security/immutable-releases
 */
export function burntTag(error: GitHubError, tag: string): GitHubError | null {
  if (!error.message.includes('used by an immutable release')) return null
  const { status, requestId } = error
  const why = 'an immutable release had this tag, and GitHub never reuses it'
  return new GitHubError(`${oneLine(tag, 100)} can't be published: ${why}`, {
    ...{ status, requestId, cause: error },
    hint: 'raise the version, and delete the draft, or give it another tag on its page',
  })
}

async function stateOf(
  { github }: ReleaseSession,
  { owner, repo }: Repo,
  id: number,
  lost: GitHubNetworkError,
): Promise<Release> {
  try {
    return await getRelease(github, owner, repo, id)
  } catch {
    throw withHint(lost, 'it may be published nevertheless: run the same command to find out')
  }
}

/**
 * Makes our own draft contain exactly these files, byte for byte.
 *
 * @returns what happened to each asset, by name
 * @throws the failure, with the hint that the draft stays
 */
export async function fillDraft(
  session: ReleaseSession,
  { repo, release, look }: HeldDraft,
  assets: readonly LocalAsset[],
): Promise<ReadonlyMap<string, AssetStatus>> {
  const { id, tag_name: tag, upload_url: uploadUrl, author } = release
  const place = { ...repo, releaseId: id, uploadUrl, replace: true, look }
  const emitStep = (message: string) => session.emit({ type: 'step', message })
  return keepingDraft(async () => {
    if (assets.length > 0)
      emitStep(`upload: ${assets.length} ${assets.length === 1 ? 'asset' : 'assets'}`)
    await removeStrangers(session, { ...place, author }, assets)
    const uploaded = await uploadAssets(session, assets, { place, release: tag, hint: '' })
    emitStep('verify')
    await verifyAssets(session, place, assets, { others: false })
    return new Map(uploaded.map(({ asset, status }) => [asset.name, status]))
  })
}

/** Adds what is left behind to a failure's hint. */
export async function keepingDraft<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withHint(error, draftStays)
  }
}
