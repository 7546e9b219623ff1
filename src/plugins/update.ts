import pLimit from 'p-limit'
import { type ErrorReport, reportError } from '../base/error-report.js'
import type { Repo } from '../base/names/repository.js'
import { filesOf } from '../github/graphql/files.js'
import { logMarks } from '../logs/marks.js'
import { assertStillFits } from './dependents.js'
import {
  assertKnownTag,
  assertSameCommit,
  followRename,
  partlySigned,
  unsigned,
} from './install/allowed.js'
import { putAllInPlace } from './install/install.js'
import { type Finder, prepare } from './install/prepare.js'
import { assertSameId, resolveVersion } from './install/resolve.js'
import { type InstalledPlugin, installedOf } from './installed.js'
import { manifestNames } from './manifest/parse.js'
import { isNewer } from './newer.js'
import type { PublisherTrust } from './publisher.js'
import type { Forced, PluginSession } from './session.js'
import type { LockEntry } from './store/lock-file.js'
import type { PluginStore } from './store/store.js'
import { readingPlugins, underPluginLock } from './store/under-lock.js'

/** The result, or the plan, for an installed plugin. */
export interface UpdatedPlugin extends Omit<InstalledPlugin, 'status'> {
  status: 'updated' | 'unchanged' | 'pinned' | 'failed'
  /** The plan with `--dry-run`; otherwise null. */
  planned: 'update' | null
  from: string
  /** Its current tag, or the planned one. */
  to: string
  error: ErrorReport | null
}

export interface UpdateRequest extends PublisherTrust, Forced {
  /** None: all. */
  ids: string[]
  /** Reports the plan; changes only what is known of GitHub, and that only where it can. */
  dryRun: boolean
}

/**
 * Updates plugins to their latest versions, independently: an entry reports its own failure.
 *
 * @throws NotFoundError for one that is not installed; LockedError
 */
export function update(
  session: PluginSession,
  { ids, dryRun }: UpdateRequest,
  find: Finder,
): Promise<UpdatedPlugin[]> {
  const open = dryRun ? readingPlugins : underPluginLock
  return open(session, 'PLUGIN UPDATE', async (store) => {
    const chosen = ids.length > 0 ? [...new Set(ids)] : [...store.entries.keys()].sort()
    const entries = chosen.map((id) => [id, store.entry(id)] as const)
    const newest = await newestOf(session, entries)
    const done: UpdatedPlugin[] = []
    for (const [index, [id, entry]] of entries.entries()) {
      session.signal?.throwIfAborted()
      const latest = newest[index]
      const work = { session, store, find, dryRun }
      done.push(await updateOne(work, id, entry, latest))
    }
    return done
  })
}

/** The most plugins that are looked at together, each with several requests. */
const atOnce = 4

/** GitHub's latest version of each, or an error. */
interface Latest extends Repo {
  repositoryId: number | null
  tag: string
  version: string | null
  commit: string | null
}

type Newest = Latest | Error

async function newestOf(
  session: PluginSession,
  entries: (readonly [string, LockEntry])[],
): Promise<Newest[]> {
  const repos = entries.map(([, { repo: full }]) => {
    const [owner = '', repo = ''] = full.split('/')
    return { owner, repo }
  })
  const answers = await filesOf(session.client, repos, manifestNames)
  const limit = pLimit(atOnce)
  const newest = repos.map((repo, index) =>
    limit(async (): Promise<Newest> => {
      const answer = answers[index] ?? null
      const { template = null, repository_id: repositoryId = null } = entries[index]?.[1] ?? {}
      try {
        const isSimple = template === null && answer !== null && answer.id !== null
        if (isSimple && repositoryId !== null && answer.latest !== null) {
          assertSameId(repo, repositoryId, answer.id)
          return { ...answer.latest, ...answer, repositoryId, version: null }
        }
        // Without a release the tag is the version; a component has its own tags.
        const wanted = { ...repo, named: null, template, repositoryId }
        const found = await resolveVersion(session, wanted)
        return { ...found, version: found.manifest.version }
      } catch (error) {
        session.signal?.throwIfAborted()
        return error instanceof Error ? error : new Error(String(error))
      }
    }),
  )
  return Promise.all(newest)
}

interface Work {
  session: PluginSession
  store: PluginStore
  find: Finder
  dryRun: boolean
}

async function updateOne(
  work: Work,
  id: string,
  entry: LockEntry,
  latest: Newest | undefined,
): Promise<UpdatedPlugin> {
  const { session, store, dryRun } = work
  try {
    if (latest === undefined || latest instanceof Error) throw latest
    const { tag, version, commit } = latest
    if (entry.repository_id === null) await assertKnownTag(session, latest, entry)
    await followRename(session, store, { ...latest, manifest: { id } })
    if (commit !== null) assertSameCommit(id, { tag, commit }, entry)
    await store.change(id, { latest: { tag, version } })
    const isLater = isNewer(latest, entry)
    const { pinned } = store.stateOf(id)
    if (!isLater || pinned) await assertSigned(session, store, id)
    if (!isLater) return resultOf(store, id, entry, { status: 'unchanged' })
    if (pinned) return resultOf(store, id, entry, { status: 'pinned', to: tag })
    if (dryRun) {
      if (!session.force) await assertStillFits(store, id, { version, tag, besides: [] })
      return resultOf(store, id, entry, { status: 'unchanged', planned: 'update', to: tag })
    }
    const done = await install(work, id, entry, tag)
    return { ...done, status: 'updated', planned: null, from: entry.tag, to: tag, error: null }
  } catch (error) {
    session.signal?.throwIfAborted()
    session.log.write(
      'sync',
      'ERROR',
      `${logMarks.bad} plugin ${id}: ${reportError(error).message}`,
    )
    return resultOf(store, id, entry, { status: 'failed', error: reportError(error) })
  }
}

/** @throws ConflictError if plugins.yaml requires a signature that what stays installed lacks */
async function assertSigned(session: PluginSession, store: PluginStore, id: string) {
  const { requireSignatures } = await session.config.plugins()
  if (!requireSignatures) return
  // What wizard noted when it checked the signature; the lock may be anybody's.
  const known = (await store.recordOf(id))?.entry
  if (!known?.signed_by) throw unsigned(id)
  if (!known.signed_whole) throw partlySigned(id)
}

async function install({ session, store, find }: Work, id: string, entry: LockEntry, tag: string) {
  const [owner = '', repo = ''] = entry.repo.split('/')
  const repositoryId = entry.repository_id
  const wanted = { owner, repo, named: tag, template: entry.template, repositoryId }
  const prepared = await prepare(session, store, wanted, find)
  const done = await putAllInPlace(session, store, prepared)
  return done.find((one) => one.id === id) ?? installedOf(store, id, 'updated')
}

const resultOf = (
  store: PluginStore,
  id: string,
  entry: LockEntry,
  what: Pick<UpdatedPlugin, 'status'> & Partial<Pick<UpdatedPlugin, 'planned' | 'to' | 'error'>>,
): UpdatedPlugin => ({
  ...installedOf(store, id, 'unchanged'),
  planned: null,
  from: entry.tag,
  to: entry.tag,
  error: null,
  ...what,
})
