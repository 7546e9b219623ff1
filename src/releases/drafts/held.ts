import { ConflictError, GitHubNotFoundError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import {
  deleteRelease,
  getRelease,
  type Release,
  updateRelease,
} from '../../github/rest/releases.js'
import type { ReleaseSession } from '../session.js'
import { ownerIn, wasPublished, withOwner } from './mark.js'
import { type DraftOwner, heldBy, renewal } from './owner.js'

/** A draft whose mark names this run as its owner. */
export interface HeldDraft {
  repo: Repo
  owner: DraftOwner
  /** As it was when it was taken. */
  release: Release
  /**
   * Looks at it again, right before it is changed.
   *
   * @throws ConflictError if somebody published or deleted it, or removed the mark; LockedError if
   *   another run has taken it
   */
  look(): Promise<Release>
  /** Ends the signs of life: a late one would write the owner into a published release. */
  quieten(): Promise<void>
}

/**
 * Works with a held draft, and renews its owner's sign of life meanwhile. After a failure the draft
 * stays, without an owner, so that any machine can go on with it at once.
 */
export async function whileHeld<T>(
  session: ReleaseSession,
  held: HeldDraft,
  work: (held: HeldDraft) => Promise<T>,
): Promise<T> {
  const quieten = keepRenewing(session, held)
  try {
    const result = await work({ ...held, quieten })
    await quieten()
    return result
  } catch (error) {
    await quieten()
    await letGoAtLast(session, held)
    throw error
  }
}

export function holdDraft(
  session: ReleaseSession,
  repo: Repo,
  release: Release,
  owner: DraftOwner,
): HeldDraft {
  const quieten = async () => {}
  return { repo, owner, release, look: () => look(session, repo, release, owner), quieten }
}

async function look(
  { github }: Pick<ReleaseSession, 'github'>,
  { owner, repo }: Repo,
  { id, tag_name: tag, url }: Release,
  mine: DraftOwner,
): Promise<Release> {
  const now = await getRelease(github, owner, repo, id).catch((error: unknown) => {
    if (!(error instanceof GitHubNotFoundError)) throw error
    throw new ConflictError(`somebody deleted the draft of ${tag} in the meantime: ${url}`, {
      hint: 'run the command again to create another one',
      cause: error,
    })
  })
  if (!now.draft || wasPublished(now)) throw publishedMeanwhile(now)
  const other = ownerIn(now.body)
  if (other?.run === mine.run) return now
  if (other !== null) throw heldBy(other, now)
  throw new ConflictError(`somebody removed wizard's mark from the draft of ${tag}: ${url}`, {
    hint: 'publish it by hand, or delete it and run the command again',
  })
}

/** The error for a draft of ours that a person published. */
const publishedMeanwhile = ({ tag_name: tag, url }: Release): ConflictError =>
  new ConflictError(`somebody published the draft of ${tag} in the meantime: ${url}`, {
    hint: 'look at it; the same command says whether it is complete',
  })

/** @returns a function that ends the renewals, after the one in progress */
function keepRenewing(session: ReleaseSession, held: HeldDraft): () => Promise<void> {
  let cancel = () => {}
  let current = Promise.resolve()
  let isOver = false
  const plan = () => {
    cancel = session.clock.after(renewal, () => {
      // A failed renewal is no reason to stop: each change looks at the draft first.
      current = renew(session, held).catch(() => {})
      return current.then(() => isOver || plan())
    })
  }
  plan()
  return async () => {
    isOver = true
    cancel()
    await current
  }
}

async function renew(session: ReleaseSession, held: HeldDraft): Promise<void> {
  const { body } = await held.look()
  await writeOwner(session, held, body, { ...held.owner, at: session.clock.now() })
}

function writeOwner(
  { github }: Pick<ReleaseSession, 'github'>,
  { repo: { owner, repo }, release: { id } }: HeldDraft,
  body: string,
  who: DraftOwner | null,
): Promise<Release> {
  return updateRelease(github, owner, repo, id, { body: withOwner(body, who) })
}

/** Takes this run's name out of the draft. @returns the draft, as `look` */
export async function letGo(session: ReleaseSession, held: HeldDraft): Promise<Release> {
  await held.quieten()
  const { body } = await held.look()
  return writeOwner(session, held, body, null)
}

/** Deletes it, as far as it is still ours. */
export async function removeHeld(session: ReleaseSession, held: HeldDraft): Promise<void> {
  const { owner, repo } = held.repo
  await held.quieten()
  await held.look()
  await deleteRelease(session.github, owner, repo, held.release.id)
}

/** Milliseconds for the last words of a run that has failed, or was stopped. */
const lastWords = 5000

/** Without an answer in time the mark stays: other machines wait until its owner counts as dead. */
async function letGoAtLast(session: ReleaseSession, held: HeldDraft): Promise<void> {
  const limit = new AbortController()
  const unset = session.clock.after(lastWords, () => limit.abort(new Error('no answer in time')))
  const parting = { ...session, github: session.farewell(limit.signal) }
  try {
    const { repo, release, owner } = held
    await letGo(parting, holdDraft(parting, repo, release, owner))
  } catch {
    // The failure that ends the run is the one to report.
  } finally {
    unset()
  }
}
