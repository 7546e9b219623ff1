import { join } from 'node:path'
import pLimit from 'p-limit'
import { type ErrorReport, GitHubNotFoundError, reportError, WizardError } from '../base/errors.js'
import { existsAt } from '../base/fs/read.js'
import type { Hint } from '../base/hint.js'
import { isOid } from '../base/names/ref.js'
import { fullNameOf } from '../base/names/repository.js'
import type { Git } from '../git/git.js'
import type { Oid } from '../git/plumbing/objects/object.js'
import { listRefs } from '../git/porcelain/fetch/target.js'
import { resolveTag } from '../git/porcelain/pin.js'
import { type LocalState, readLocal } from '../git/repository/open.js'
import { isUnfinished } from '../git/worktree/move/journal-file.js'
import type { GitHubClient } from '../github/client.js'
import { headsOf, type RepositoryHead } from '../github/graphql/heads.js'
import type { RepoSession } from './session.js'
import type { Remembered, SyncState } from './state.js'
import type { SyncTarget } from './targets/sync-target.js'

/** How many folders are read at a time: this is waiting for a disk, not for a network. */
const foldersAtOnce = 16

export interface LookOptions {
  offline?: boolean | undefined
  /** Those whose clone, where it is there, is neither read nor asked for. */
  leaveAlone?: ((one: Pick<Situation, 'wanted' | 'remembered'>) => boolean) | undefined
}

/** Reads what is here and asks GitHub, in few requests unless offline, what is there; changes nothing. */
export async function inspectRepositories(
  { client }: RepoSession,
  state: SyncState,
  all: SyncTarget[],
  { offline = false, leaveAlone = () => false }: LookOptions = {},
): Promise<Situation[]> {
  const limit = pLimit(foldersAtOnce)
  const here = await Promise.all(
    all.map((wanted) => {
      const remembered = state.get(wanted.path)
      const mayRest = leaveAlone({ wanted, remembered })
      return limit(async () => ({ wanted, remembered, ...(await lookHere(wanted, mayRest)) }))
    }),
  )
  const awake = here.filter(({ local }) => local.kind !== 'unread')
  const asked = awake.map(({ wanted }) => wanted)
  const { heads, refused } = offline ? nothingAsked : await askForHeads(client, asked)
  const headOf = new Map(asked.map((wanted, index) => [wanted, heads[index] ?? null]))
  return here.map((one) => {
    const head = toRemoteHead(one.wanted, headOf.get(one.wanted) ?? null)
    return { ...one, head, refused: one.local.kind === 'unread' ? null : refused }
  })
}

interface Answer {
  heads: (RepositoryHead | null)[]
  refused: ErrorReport | null
}

const nothingAsked: Answer = { heads: [], refused: null }

/** What stops GitHub from being asked stops every repository, and is told of each: a script finds its report all the same. */
async function askForHeads(client: GitHubClient, all: SyncTarget[]): Promise<Answer> {
  try {
    return { heads: await headsOf(client, askable(all)), refused: null }
  } catch (error) {
    if (!(error instanceof WizardError)) throw error
    return { heads: [], refused: reportError(error) }
  }
}

/** A commit id is no branch that could be asked for; its repository is, by the default one. */
const askable = (all: SyncTarget[]) =>
  all.map(({ owner, repo, branch }) => ({
    owner,
    repo,
    branch: isOid(branch) ? undefined : branch,
  }))

interface Here {
  local: Local
  interrupted: boolean
  pin: Oid | null
}

const resting: Here = { local: { kind: 'unread' }, interrupted: false, pin: null }

/** A damaged one is told as such, and does not keep the others back. */
async function lookHere(wanted: SyncTarget, mayRest: boolean): Promise<Here> {
  try {
    if (mayRest && (await hasClone(wanted.path))) return resting
    return await lookInside(wanted)
  } catch (error) {
    return { local: unreadableClone(wanted.path, error), interrupted: false, pin: null }
  }
}

async function lookInside({ path, branch }: SyncTarget): Promise<Here> {
  const local = await readLocal(path)
  if (local.kind !== 'repository') return { local, interrupted: false, pin: null }
  const gitDir = join(path, '.git')
  const interrupted = isUnfinished(gitDir)
  if (isOid(branch)) return { local, interrupted, pin: branch }
  const detached = branch !== undefined && local.branch === null
  return { local, interrupted, pin: detached ? await resolveTag(gitDir, branch) : null }
}

/** An answer that leaves open what is wanted (a tag, say, which this query does not ask for) is none. */
function toRemoteHead({ branch }: SyncTarget, head: RepositoryHead | null): RemoteHead | null {
  if (head === null) return null
  const { id, fullName, archived, oid, defaultBranch } = head
  if (isOid(branch)) return { id, fullName, archived, ref: branch, pinned: true, oid: branch }
  if (oid === null && (branch !== undefined || defaultBranch !== null)) return null
  return { id, fullName, archived, ref: oid === null ? null : head.branch, pinned: false, oid }
}

/**
 * What is at a destination; `unreadable` where that can't be told, as of a clone that a power cut has damaged, and
 * `unread` of a clone that is left alone whatever is in it.
 */
export type Local = LocalState | { kind: 'unreadable'; error: ErrorReport } | { kind: 'unread' }

/** As readLocal; but one folder that can't be read is no reason to stop at, so it throws nothing. */
export async function inspectFolder(path: string): Promise<Local> {
  try {
    return await readLocal(path)
  } catch (error) {
    return unreadableClone(path, error)
  }
}

/** Whether there is a clone, for which nothing of it is read. */
export const hasClone = (path: string): Promise<boolean> => existsAt(join(path, '.git'))

export function unreadableClone(path: string, cause: unknown): Local {
  const error =
    cause instanceof WizardError
      ? cause
      : new WizardError(`${path} can't be read: ${reportError(cause).message}`)
  error.remedy ??= howToMend
  return { kind: 'unreadable', error: reportError(error) }
}

const howToMend: Hint = [
  'see what `git status` says there; moved away, it is cloned anew by ',
  { verb: ['REPO', 'SYNC'], brief: true },
]

/** Where a repository stands on the server, and what of it is wanted. */
export interface RemoteHead {
  /** null where the git protocol was asked, which knows no such number. */
  id: number | null
  /** `owner/repo` as it is called now; null where it is not known. */
  fullName: string | null
  archived: boolean
  /** The short name of the branch or tag; null in an empty repository. */
  ref: string | null
  /** A tag or a commit id: HEAD is detached there. */
  pinned: boolean
  /** The commit; null in an empty repository. */
  oid: Oid | null
}

/**
 * Asks the git server, where GraphQL gave no answer.
 *
 * @throws GitHubNotFoundError when there is no such branch or tag, or no such repository
 */
export async function askGit(git: Git, url: string, wanted: SyncTarget): Promise<RemoteHead> {
  const unknown = { id: null, fullName: null, archived: false }
  const { branch } = wanted
  if (isOid(branch)) return { ...unknown, ref: branch, pinned: true, oid: branch }
  if (branch === undefined) {
    const { head, refs } = await listRefs(git, url, ['HEAD', 'refs/heads/'])
    const oid = head === null ? null : (refs.get(head)?.oid ?? null)
    return { ...unknown, ref: head?.replace('refs/heads/', '') ?? null, pinned: false, oid }
  }
  const { refs } = await listRefs(git, url, [`refs/heads/${branch}`, `refs/tags/${branch}`])
  const asBranch = refs.get(`refs/heads/${branch}`)
  const asTag = refs.get(`refs/tags/${branch}`)
  const found = asBranch ?? asTag
  if (!found) throw noSuchRef(wanted)
  return { ...unknown, ref: branch, pinned: asBranch === undefined, oid: found.peeled ?? found.oid }
}

function noSuchRef(wanted: SyncTarget): GitHubNotFoundError {
  return new GitHubNotFoundError(`${fullNameOf(wanted)} has no branch or tag ${wanted.branch}`, {
    hint: [
      { verb: ['REPO', 'VIEW'], target: fullNameOf(wanted) },
      ' shows its default branch; change branch: in repos.yaml',
    ],
  })
}

/** All that is known of one repository before anything is done. */
export interface Situation {
  wanted: SyncTarget
  local: Local
  /** A move that a kill cut short is to be finished first. */
  interrupted: boolean
  /** The commit that a tag or commit id named in the configuration has here; null: none, or it names a branch. */
  pin: Oid | null
  /** null: not known without the git protocol. */
  head: RemoteHead | null
  /** Why GitHub could not be asked, where that stops the git protocol too: a bad token, a rate limit, a time-out. */
  refused: ErrorReport | null
  remembered: Remembered | undefined
}
