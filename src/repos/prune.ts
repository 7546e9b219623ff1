import { lstat, mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { reportError } from '../base/error-report.js'
import { ConflictError, PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { reasonOf } from '../base/fs/system-error.js'
import { isRemoteOf } from '../base/names/remote.js'
import { isSameName } from '../base/names/repository.js'
import type { RepoEntry } from '../config/files/repos.js'
import { assertInside } from '../config/locate/root.js'
import { matchesName } from '../config/names/matches-name.js'
import { openObjectStore } from '../git/plumbing/objects/store.js'
import { localWork } from '../git/porcelain/local-work.js'
import { readLocal } from '../git/repository/open.js'
import type { SyncEntry } from './report.js'
import { type RepoSession, underLock } from './session.js'
import type { Remembered, SyncState } from './state.js'
import { expandEntries, onGitHub } from './targets/expand.js'

/** A clone that wizard made and repos.yaml no longer names. */
export interface Pruned {
  repo: string
  path: string
  /** `kept`: it has local work, or it may still be wanted. */
  action: 'trashed' | 'listed' | 'kept'
  /** Why it is kept, in words. */
  reasons: string[]
  /** Its path in the trash. */
  trash: string | null
}

export interface PruneReport {
  clones: Pruned[]
  /**
   * Failed listings of `from:` entries. Nothing is moved then, because the entries may still name a
   * clone.
   */
  failures: SyncEntry[]
}

export interface PruneOptions {
  /** A greater number of candidates is probably a mistake: nothing is moved. */
  max?: number | undefined
  /** Only lists the candidates. */
  dryRun?: boolean | undefined
  lockWait?: number | undefined
  /** Called once, with the candidates. */
  confirm(candidates: Pruned[]): Promise<boolean>
}

/**
 * Moves clones that repos.yaml no longer names to `ROOT/.wizard/trash`, unless they have local work
 * of any kind.
 *
 * @throws ConflictError if there are more than `max`
 */
export async function prune(session: RepoSession, options: PruneOptions): Promise<PruneReport> {
  return underLock(session, 'REPO PRUNE', options.lockWait, async (state) => {
    const found = await findCandidates(session, state)
    const movable = found.clones.filter(({ action }) => action === 'listed')
    if (options.max !== undefined && movable.length > options.max) {
      throw new ConflictError(
        `${movable.length} clones would be moved, more than --max ${options.max}`,
        {
          hint: [
            'nothing was moved; look at ',
            { verb: ['REPO', 'PRUNE'], flags: { 'dry-run': true } },
          ],
        },
      )
    }
    if (options.dryRun || movable.length === 0 || !(await options.confirm(movable))) return found
    const clones: Pruned[] = []
    for (const one of found.clones)
      clones.push(one.action === 'listed' ? await toTrash(session, state, one) : one)
    return { ...found, clones }
  })
}

async function findCandidates(session: RepoSession, state: SyncState): Promise<PruneReport> {
  const { client, config } = session
  const entries = await config.repos()
  const { wanted, failures } = await expandEntries(onGitHub(client), config.root, entries)
  const named = new Set(wanted.map(({ path }) => path))
  const unsure = failures.map(({ source }) => `${source} could not be listed`)
  const clones: Pruned[] = []
  for (const [path, remembered] of state.entries()) {
    if (!remembered.made || named.has(path)) continue
    if (!(await isThere(path))) continue
    const doubts = [...unsure, ...doubtsAbout(remembered, entries)]
    const reasons = doubts.length > 0 ? doubts : await workIn(session, path, remembered)
    clones.push({
      repo: remembered.repo,
      path,
      action: reasons.length > 0 ? 'kept' : 'listed',
      reasons,
      trash: null,
    })
  }
  return { clones, failures: failures.map(({ entry }) => entry) }
}

/**
 * A repository that is missing from a listing may be renamed, or no longer visible, rather than
 * deleted.
 */
function doubtsAbout({ repo, source }: Remembered, entries: RepoEntry[]): string[] {
  if (source === null) return []
  const name = repo.slice(repo.indexOf('/') + 1)
  const still = entries.some(
    (entry) =>
      entry.kind === 'source' && isSameName(entry.from, source) && matchesName(entry, name),
  )
  return still
    ? [`repos.yaml still includes it by from: ${source}, but GitHub no longer lists it`]
    : []
}

async function workIn(
  { client, config, signal, host }: RepoSession,
  dir: string,
  { repo: fullName }: Remembered,
): Promise<string[]> {
  const gitDir = join(dir, '.git')
  const [owner = '', repo = ''] = fullName.split('/')
  try {
    await assertInside(config.root, dir)
    const local = await readLocal(dir, host.env)
    const origin = local.kind === 'repository' ? local.origin : null
    if (origin === null || !isRemoteOf(origin, client.gitUrl, { owner, repo })) {
      return ['it is not the clone that wizard made']
    }
    if (local.kind === 'repository' && local.unsupported !== null) {
      return [`it has ${local.unsupported}, so wizard can't see its local work`]
    }
    const store = await openObjectStore(gitDir)
    try {
      return await localWork({ dir, gitDir, store, signal, env: host.env })
    } finally {
      await store.close()
    }
  } catch (error) {
    return [reportError(error).message]
  }
}

async function toTrash(
  { config, clock, log }: RepoSession,
  state: SyncState,
  one: Pruned,
): Promise<Pruned> {
  const time = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const trash = join(
    config.root,
    '.wizard',
    'trash',
    time,
    one.repo.replaceAll('/', '-'),
    basename(one.path),
  )
  try {
    await mkdir(dirname(trash), { recursive: true })
    await rename(one.path, trash)
  } catch (error) {
    return { ...one, action: 'kept', reasons: [reportError(error).message] }
  }
  state.forget(one.path)
  log.write('sync', 'INFO', `Moved ${one.repo} to ${trash}`)
  return { ...one, action: 'trashed', trash }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw new PathError(`${path} can't be read: ${reasonOf(error)}`, { cause: error })
  }
}
