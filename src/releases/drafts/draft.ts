import { ConflictError, GitHubNetworkError } from '../../base/errors.js'
import {
  createRelease,
  deleteRelease,
  listReleases,
  type Release,
  updateRelease,
} from '../../github/rest/releases.js'
import type { ReleaseSession } from '../session.js'
import { isAsMarked, isMarked, type Maker, withMark } from './mark.js'

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

/**
 * Updates the one draft of this tag that has our mark, or creates it. After a lost answer, it looks
 * for the draft before it creates another one.
 *
 * @param known our existing drafts
 */
export async function ownDraft(
  session: ReleaseSession,
  request: DraftRequest,
  known: readonly Release[],
): Promise<Release> {
  const [first, ...others] = known
  if (first === undefined) return onlyOne(session, request, await make(session, request))
  for (const { id } of others) await remove(session, request, id)
  return bringUpToDate(session, request, first)
}

/** Its title, and notes that somebody edited on its page, stay. */
async function bringUpToDate(
  { github, emit }: ReleaseSession,
  { maker, tag, notes, isGiven, target }: DraftRequest,
  { id, body }: Release,
): Promise<Release> {
  const { owner, repo } = maker.subject
  const keeps = !isGiven && !isAsMarked(body)
  if (keeps) emit({ type: 'warning', message: `the draft's notes were edited: they stay` })
  const content = keeps ? { target } : { target, body: withMark(notes, maker, tag) }
  const updated = await updateRelease(github, owner, repo, id, content)
  if (updated.draft) return updated
  throw new ConflictError(`somebody published the draft of ${tag} meanwhile: ${updated.url}`, {
    hint: 'look at it; the same command says whether it is whole',
  })
}

async function make(session: ReleaseSession, request: DraftRequest): Promise<Release> {
  const { maker, tag, name, notes, target, prerelease } = request
  const { owner, repo } = maker.subject
  const content = { name, body: withMark(notes, maker, tag), target, prerelease, draft: true }
  for (let tries = 1; ; tries++) {
    try {
      return await createRelease(session.github, owner, repo, tag, content)
    } catch (error) {
      if (!(error instanceof GitHubNetworkError)) throw error
      await session.clock.sleep(pause * tries, session.signal)
      const [made] = await draftsOf(session, request)
      if (made !== undefined) return made
      if (tries === mostTries) throw error
    }
  }
}

/** Two runs that begin at once both create a draft: the younger one is deleted. */
async function onlyOne(
  session: ReleaseSession,
  request: DraftRequest,
  made: Release,
): Promise<Release> {
  const [oldest, ...others] = await draftsOf(session, request)
  if (oldest === undefined || others.length === 0) return made
  for (const { id } of others) await remove(session, request, id)
  return oldest
}

async function draftsOf(
  { github }: ReleaseSession,
  { maker, tag }: DraftRequest,
): Promise<Release[]> {
  const { owner, repo } = maker.subject
  return ownDrafts(await listReleases(github, owner, repo), maker, tag)
}

/** The drafts that have our mark, oldest first. */
export const ownDrafts = (releases: Release[], maker: Maker, tag: string): Release[] =>
  releases
    .filter(({ draft, tag_name, body }) => draft && tag_name === tag && isMarked(body, maker, tag))
    .sort((one, other) => one.id - other.id)

async function remove(
  session: ReleaseSession,
  { maker, tag }: DraftRequest,
  id: number,
): Promise<void> {
  session.emit({
    type: 'warning',
    message: `${tag} has a second draft of ours (${id}): it is deleted`,
  })
  await deleteRelease(session.github, maker.subject.owner, maker.subject.repo, id)
}
