import { GitHubNetworkError } from '../../errors.js'
import { createRelease, deleteRelease, getRelease, updateRelease } from '../../github/releases.js'
import type { Repo } from '../../github/repo.js'
import type { Release } from '../../github/shapes.js'
import type { ReleaseDeps } from '../deps.js'
import { releasesOf } from '../find.js'
import { isMarked, withMark } from '../mark.js'
import type { ReleaseSubject } from '../types.js'

export interface DraftRequest {
  subject: ReleaseSubject
  tag: string
  /** Title. */
  name: string
  notes: string
  /** A full commit id, or a branch; undefined: the default branch. */
  target: string | undefined
  prerelease: boolean
}

const mostTries = 3
const pause = 2000

/**
 * The one draft of this tag that bears our mark, brought up to date, or made. An answer that is lost is looked for
 * before another one is made.
 *
 * @param known our drafts as they were found
 */
export async function ownDraft(
  deps: ReleaseDeps,
  request: DraftRequest,
  known: readonly Release[],
): Promise<Release> {
  const [first, ...others] = known
  if (first === undefined) return onlyOne(deps, request, await make(deps, request))
  for (const { id } of others) await remove(deps, request, id)
  return updateRelease(deps.github, request.subject.owner, request.subject.repo, first.id, {
    ...contentOf(request),
    draft: true,
  })
}

async function make(deps: ReleaseDeps, request: DraftRequest): Promise<Release> {
  const { owner, repo } = request.subject
  for (let tries = 1; ; tries++) {
    try {
      const content = { ...contentOf(request), draft: true }
      return await createRelease(deps.github, owner, repo, request.tag, content)
    } catch (error) {
      if (!(error instanceof GitHubNetworkError) || tries === mostTries) throw error
      await deps.clock.sleep(pause * tries, deps.signal)
      const [made] = await draftsOf(deps, request)
      if (made !== undefined) return made
    }
  }
}

/** Two that begin at once both make one: the younger gives way. */
async function onlyOne(deps: ReleaseDeps, request: DraftRequest, made: Release): Promise<Release> {
  const [oldest, ...others] = await draftsOf(deps, request)
  if (oldest === undefined || others.length === 0) return made
  for (const { id } of others) await remove(deps, request, id)
  return oldest
}

async function draftsOf(deps: ReleaseDeps, { subject, tag }: DraftRequest): Promise<Release[]> {
  const releases = await releasesOf(deps, subject)
  return releases
    .filter(({ draft, tag_name, body }) => draft && tag_name === tag && isMarked(body, subject, tag))
    .sort((one, other) => one.id - other.id)
}

async function remove(deps: ReleaseDeps, { subject, tag }: DraftRequest, id: number): Promise<void> {
  deps.emit({ type: 'warning', message: `${tag} has a second draft of ours (${id}): it is deleted` })
  await deleteRelease(deps.github, subject.owner, subject.repo, id)
}

const contentOf = ({ subject, tag, name, notes, target, prerelease }: DraftRequest) => ({
  name,
  body: withMark(notes, subject, tag),
  target,
  prerelease,
})

/**
 * Publishes a draft, once: where the answer is lost, the release says whether it happened.
 *
 * @param latest undefined: as GitHub decides
 */
export async function publishDraft(
  deps: ReleaseDeps,
  { owner, repo }: Repo,
  id: number,
  latest?: boolean | undefined,
): Promise<Release> {
  for (let tries = 1; ; tries++) {
    try {
      return await updateRelease(deps.github, owner, repo, id, {
        draft: false,
        latest: latest === undefined ? undefined : latest ? 'true' : 'false',
      })
    } catch (error) {
      if (!(error instanceof GitHubNetworkError)) throw error
      const now = await getRelease(deps.github, owner, repo, id)
      if (!now.draft) return now
      if (tries === mostTries) throw error
      await deps.clock.sleep(pause * tries, deps.signal)
    }
  }
}
