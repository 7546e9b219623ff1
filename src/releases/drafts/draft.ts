import { GitHubNetworkError, GitHubNotFoundError } from '../../base/errors.js'
import {
  createRelease,
  deleteRelease,
  getRelease,
  listReleases,
  type Release,
  updateRelease,
} from '../../github/rest/releases.js'
import type { ReleaseSession } from '../session.js'
import { type HeldDraft, holdDraft, removeHeld } from './held.js'
import {
  asPublished,
  isAsMarked,
  isMarked,
  type Maker,
  ownerIn,
  takenBack,
  wasPublished,
  withMark,
  withOwner,
} from './mark.js'
import { type DraftOwner, heldBy, newOwner, type Tenure, tenureOf } from './owner.js'

export interface DraftRequest {
  maker: Maker
  tag: string
  /** Title. */
  name: string
  notes: string
  /** Whether this command was given the notes, so that they replace the draft's. */
  isGiven: boolean
  /** A full commit id, or a branch; undefined: the default branch. */
  target: string | undefined
  prerelease: boolean
}

const mostTries = 3
/** Milliseconds; each pause is longer by this. */
const pause = 2000

/** Milliseconds in which the requests of another run that takes the same draft arrive. */
const settling = 2000

/** The draft that this run holds, or the release that another run has published meanwhile. */
export type Claim = { held: HeldDraft } | { published: Release }

/**
 * Takes the one draft of this tag for this run, or creates it. GitHub has no lock, so a draft that
 * another machine works on is never touched: each run fills a draft of its own, of two the younger
 * is removed, and GitHub publishes a tag once. A draft whose owner went silent on another machine
 * gets a successor with new ids, which a late request of that machine can't reach.
 *
 * @throws LockedError if another run is at work; ConflictError if somebody deleted or published the
 *   draft
 */
export async function claimDraft(session: ReleaseSession, request: DraftRequest): Promise<Claim> {
  const { published, drafts } = await findAgain(session, request)
  if (published !== null) return { published }
  await assertNoneLive(session, drafts)
  const tenures = await tenuresOf(session, drafts)
  const [first, ...others] = tenures.get('free') ?? []
  const expired = tenures.get('expired') ?? []
  const claim =
    first === undefined
      ? await makeOwn(session, request, expired[0])
      : await takeUp(session, request, first)
  if ('held' in claim) await removeIdle(session, request, [...others, ...expired])
  return claim
}

/** @throws LockedError that names the run that fills one of our drafts */
export async function assertNoneLive(
  session: ReleaseSession,
  drafts: readonly Release[],
): Promise<void> {
  const [live] = (await tenuresOf(session, drafts)).get('live') ?? []
  const owner = live === undefined ? null : ownerIn(live.body)
  if (live !== undefined && owner !== null) throw heldBy(owner, live)
}

async function tenuresOf(
  session: ReleaseSession,
  drafts: readonly Release[],
): Promise<Map<Tenure, Release[]>> {
  const found = new Map<Tenure, Release[]>()
  for (const draft of drafts) {
    const tenure = await tenureOf(session, ownerIn(draft.body))
    found.set(tenure, [...(found.get(tenure) ?? []), draft])
  }
  return found
}

/** Its title, and notes that somebody edited on its page, stay. */
async function takeUp(
  session: ReleaseSession,
  { maker, tag, notes, isGiven, target }: DraftRequest,
  { id }: Release,
): Promise<Claim> {
  const { github, clock, signal } = session
  const { owner, repo } = maker.subject
  const now = await getRelease(github, owner, repo, id)
  if (!now.draft) return { published: now }
  if (wasPublished(now)) throw takenBack(maker.subject, now)
  await assertNoneLive(session, [now])
  const who = newOwner(session)
  const keeps = keepsText(session, now, isGiven)
  const body = keeps ? withOwner(now.body, who) : withMark(notes, maker, tag, who)
  const updated = await updateRelease(github, owner, repo, id, { target, body })
  if (!updated.draft) {
    const published = await updateRelease(github, owner, repo, id, {
      body: asPublished(now.body),
    })
    return { published }
  }
  const held = holdDraft(session, { owner, repo }, updated, who)
  // Of two runs that take it at once, the one that wrote last has it.
  if (ownerIn(now.body) === null) await clock.sleep(settling, signal)
  await held.look()
  return { held }
}

function keepsText(
  { emit }: Pick<ReleaseSession, 'emit'>,
  { body }: Release,
  isGiven: boolean,
): boolean {
  const keeps = !isGiven && !isAsMarked(body)
  if (keeps) emit({ type: 'warning', message: `the draft's notes were edited, so they stay` })
  return keeps
}

/**
 * Two runs that begin at once both create a draft: the younger one gives way.
 *
 * @param before a draft whose owner is dead, for its text
 */
async function makeOwn(
  session: ReleaseSession,
  request: DraftRequest,
  before: Release | undefined,
): Promise<Claim> {
  const { owner, repo } = request.maker.subject
  const who = newOwner(session)
  const made = await make(session, request, who, before)
  const held = holdDraft(session, { owner, repo }, made, who)
  const { published, drafts } = await findAgain(session, request)
  const older = drafts.filter(({ id }) => id < made.id)
  const tenures = await tenuresOf(session, older)
  if (published === null && !tenures.has('live') && !tenures.has('free')) return { held }
  await removeHeld(session, held)
  // Another run has published, is at work, or has left its draft in the meantime.
  return claimDraft(session, request)
}

/** After a lost answer, it looks for the draft before it creates another one. */
async function make(
  session: ReleaseSession,
  request: DraftRequest,
  who: DraftOwner,
  before: Release | undefined,
): Promise<Release> {
  const { maker, tag } = request
  const { owner, repo } = maker.subject
  const content = { ...contentOf(session, request, who, before), draft: true }
  for (let tries = 1; ; tries++) {
    try {
      return await createRelease(session.github, owner, repo, tag, content)
    } catch (error) {
      if (!(error instanceof GitHubNetworkError)) throw error
      await session.clock.sleep(pause * tries, session.signal)
      const { drafts } = await findAgain(session, request)
      const made = drafts.find(({ body }) => ownerIn(body)?.run === who.run)
      if (made !== undefined) return made
      if (tries === mostTries) throw error
    }
  }
}

function contentOf(
  session: ReleaseSession,
  { maker, tag, name, notes, isGiven, target, prerelease }: DraftRequest,
  who: DraftOwner,
  before: Release | undefined,
) {
  if (before === undefined) {
    return { name, body: withMark(notes, maker, tag, who), target, prerelease }
  }
  const keeps = keepsText(session, before, isGiven)
  const body = keeps ? withOwner(before.body, who) : withMark(notes, maker, tag, who)
  return { name: before.name, body, target, prerelease: before.prerelease }
}

/**
 * What is there for the tag now: the release, and the drafts of this maker.
 *
 * @throws ConflictError for a draft that was published before
 */
async function findAgain(
  { github }: ReleaseSession,
  { maker, tag }: DraftRequest,
): Promise<{ published: Release | null; drafts: Release[] }> {
  const { owner, repo } = maker.subject
  const releases = await listReleases(github, owner, repo)
  const published = releases.find(({ draft, tag_name }) => !draft && tag_name === tag) ?? null
  const before = releases.find((one) => one.tag_name === tag && wasPublished(one))
  if (published === null && before !== undefined) throw takenBack(maker.subject, before)
  return { published, drafts: ownDrafts(releases, maker, tag) }
}

/** The drafts that have our mark, and were never published, oldest first. */
export const ownDrafts = (releases: Release[], maker: Maker, tag: string): Release[] =>
  releases
    .filter(({ draft, tag_name, body }) => draft && tag_name === tag && isMarked(body, maker, tag))
    .filter((release) => !wasPublished(release))
    .sort((one, other) => one.id - other.id)

/**
 * Removes drafts that no run will publish any more. One that a run works on stays, and so does a
 * text that a person wrote.
 */
export async function removeIdle(
  session: ReleaseSession,
  { maker, tag }: Pick<DraftRequest, 'maker' | 'tag'>,
  drafts: readonly Release[],
): Promise<void> {
  const { owner, repo } = maker.subject
  const warn = (message: string) => session.emit({ type: 'warning', message })
  for (const { id } of drafts) {
    const now = await getRelease(session.github, owner, repo, id).catch((error: unknown) => {
      if (error instanceof GitHubNotFoundError) return null
      throw error
    })
    if (!now?.draft || (await tenureOf(session, ownerIn(now.body))) === 'live') continue
    if (isAsMarked(now.body)) {
      warn(`deleting another draft of ours for ${tag} (${id})`)
      await deleteRelease(session.github, owner, repo, id)
    } else warn(`keeping another draft of ${tag} (${now.url}), because somebody edited its notes`)
  }
}
