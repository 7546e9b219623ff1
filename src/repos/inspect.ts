import { join } from 'node:path'
import pLimit from 'p-limit'
import { type ErrorReport, reportError } from '../base/error-report.js'
import { GitHubNotFoundError, WizardError } from '../base/errors.js'
import { existsAt, namesIn } from '../base/fs/read.js'
import type { Hint } from '../base/hint.js'
import { isOid } from '../base/names/ref.js'
import { fullNameOf } from '../base/names/repository.js'
import type { Git } from '../git/git.js'
import type { UserEnvironment } from '../git/plumbing/config/worktree-settings.js'
import type { Oid } from '../git/plumbing/objects/object.js'
import { type LocalState, readLocal } from '../git/repository/open.js'
import { isUnfinished } from '../git/worktree/move/journal-file.js'
import type { GitHubClient } from '../github/client.js'
import type { RepositoryHead } from '../github/graphql/heads.js'
import type { RepoSession } from './session.js'
import type { Remembered, SyncState } from './state.js'
import type { SyncTarget } from './targets/sync-target.js'

/** Folders to read at a time: this waits for a disk, not for a network. */
const foldersAtOnce = 16

export interface LookOptions {
  offline?: boolean | undefined
  /** Selects clones that are neither read nor asked for. */
  leaveAlone?: ((one: Pick<Situation, 'wanted' | 'remembered'>) => boolean) | undefined
}

/**
 * Reads the local state and asks GitHub for the remote state, in few requests and not if offline;
 * changes nothing.
 */
export async function inspectRepositories(
  { client, emit, host: { env } }: RepoSession,
  state: SyncState,
  all: SyncTarget[],
  { offline = false, leaveAlone = () => false }: LookOptions = {},
): Promise<Situation[]> {
  const what = all.length === 1 ? 'a repository' : `${all.length} repositories`
  emit({ type: 'activity', message: `comparing ${what} with GitHub` })
  const limit = pLimit(foldersAtOnce)
  const here = await Promise.all(
    all.map((wanted) => {
      const remembered = state.get(wanted.path)
      const mayRest = leaveAlone({ wanted, remembered })
      return limit(async () => ({
        wanted,
        remembered,
        ...(await inspectDestination(wanted, mayRest, env)),
      }))
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

/**
 * A failure to ask GitHub affects every repository, and is reported for each, so that a script
 * still gets a report.
 */
async function askForHeads(client: GitHubClient, all: SyncTarget[]): Promise<Answer> {
  try {
    const { headsOf } = await import('../github/graphql/heads.js')
    return { heads: await headsOf(client, askable(all)), refused: null }
  } catch (error) {
    if (!(error instanceof WizardError)) throw error
    return { heads: [], refused: reportError(error) }
  }
}

/**
 * A commit id is not a branch that the query could ask for, so the query asks for the default
 * branch.
 */
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

/** A damaged clone is reported as such, and does not stop the others. */
async function inspectDestination(
  wanted: SyncTarget,
  mayRest: boolean,
  env: UserEnvironment,
): Promise<Here> {
  try {
    if (mayRest && (await hasClone(wanted.path))) return resting
    return await inspectClone(wanted, env)
  } catch (error) {
    return { local: unreadableClone(wanted.path, error), interrupted: false, pin: null }
  }
}

async function tagIn(gitDir: string, tag: string): Promise<Oid | null> {
  const { resolveTag } = await import('../git/porcelain/pin.js')
  return resolveTag(gitDir, tag)
}

/** Whether a killed run left work folders of submodules, which the next pull removes. */
const hasLeftovers = async (gitDir: string): Promise<boolean> =>
  (await namesIn(gitDir)).some((name) => name.startsWith('.wizard-clone-'))

async function inspectClone(
  { path, branch, submodules }: SyncTarget,
  env: UserEnvironment,
): Promise<Here> {
  const local = await readLocal(path, env)
  if (local.kind !== 'repository') return { local, interrupted: false, pin: null }
  const gitDir = join(path, '.git')
  const interrupted = isUnfinished(gitDir) || (submodules === true && (await hasLeftovers(gitDir)))
  if (isOid(branch)) return { local, interrupted, pin: branch }
  const detached = branch !== undefined && local.branch === null
  return { local, interrupted, pin: detached ? await tagIn(gitDir, branch) : null }
}

/**
 * null if the answer does not contain the wanted ref (a tag, for example, which this query does not
 * ask for).
 */
function toRemoteHead({ branch }: SyncTarget, head: RepositoryHead | null): RemoteHead | null {
  if (head === null) return null
  const { id, fullName, archived, oid, defaultBranch } = head
  if (isOid(branch)) return { id, fullName, archived, ref: branch, pinned: true, oid: branch }
  if (oid === null && (branch !== undefined || defaultBranch !== null)) return null
  return { id, fullName, archived, ref: oid === null ? null : head.branch, pinned: false, oid }
}

/**
 * What is at a destination; `unreadable` if that can't be determined, as for a clone that a power
 * cut has damaged; `unread` for a clone that is skipped without reading.
 */
export type Local = LocalState | { kind: 'unreadable'; error: ErrorReport } | { kind: 'unread' }

/** Like readLocal, but never throws: one unreadable folder must not stop the others. */
export async function inspectFolder(path: string): Promise<Local> {
  try {
    return await readLocal(path)
  } catch (error) {
    return unreadableClone(path, error)
  }
}

/** Whether there is a clone; reads nothing of it. */
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
  'run `git status` there; or move it away and clone it again with ',
  { verb: ['REPO', 'SYNC'], brief: true },
]

/** The state of a repository on the server, and the ref that is wanted of it. */
export interface RemoteHead {
  /** null if the answer came from the git protocol, which has no such id. */
  id: number | null
  /** `owner/repo` by its current name; null if unknown. */
  fullName: string | null
  archived: boolean
  /** The short name of the branch or tag; null in an empty repository. */
  ref: string | null
  /** The ref is a tag or a commit id, so HEAD is detached. */
  pinned: boolean
  /** The commit; null in an empty repository. */
  oid: Oid | null
}

/**
 * Asks the git server if GraphQL gave no answer.
 *
 * @throws GitHubNotFoundError if there is no such branch, tag or repository
 */
export async function askGit(git: Git, url: string, wanted: SyncTarget): Promise<RemoteHead> {
  const unknown = { id: null, fullName: null, archived: false }
  const { branch } = wanted
  if (isOid(branch)) return { ...unknown, ref: branch, pinned: true, oid: branch }
  const { listRefs } = await import('../git/porcelain/fetch/target.js')
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
      ' shows its default branch; correct branch: in repos.yaml',
    ],
  })
}

/** Everything that is known of one repository before anything is done. */
export interface Situation {
  wanted: SyncTarget
  local: Local
  /** A kill interrupted a move, which must be finished first. */
  interrupted: boolean
  /**
   * The local commit of a tag or commit id in the configuration; null if there is none, or it names
   * a branch.
   */
  pin: Oid | null
  /** null: only the git protocol can tell. */
  head: RemoteHead | null
  /**
   * Why GitHub could not be asked, if that also stops the git protocol: a bad token, a rate limit,
   * a time-out.
   */
  refused: ErrorReport | null
  remembered: Remembered | undefined
}
