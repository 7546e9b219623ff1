import { Pacer } from '../../../base/async/pacer.js'
import { MissingObjectError } from '../../errors.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { peel, peelToCommit, readCommit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { listLocalRefs, readHead } from '../../plumbing/refs/read.js'
import { reflogOids } from '../../plumbing/refs/reflog.js'

export interface HistoryRequest {
  gitDir: string
  store: ObjectStore
  signal?: AbortSignal | undefined
}

/** What would be lost with a repository, because no remote-tracking ref leads to it. */
export interface Unpublished {
  /** Refs in full (`HEAD` if it is detached) that lead to such a commit, or to no commit at all. */
  refs: string[]
  /** Such commits that HEAD was at, to which no ref leads any more. */
  left: Oid[]
}

export async function findUnpublished(request: HistoryRequest): Promise<Unpublished> {
  const refs = await ownRefs(request)
  const remote = await remoteTips(request)
  const own = await unreached(request, refs, remote)
  const named = await Promise.all([...refs.values()].map((oid) => peelToCommit(request.store, oid)))
  const tips = [...remote, ...named.filter((oid) => oid !== null)]
  return { refs: own, left: await unreached(request, await reflogCommits(request), tips) }
}

/** The names whose commit is not reachable from any of the tips. */
async function unreached(
  request: HistoryRequest,
  names: Map<string, Oid>,
  tips: Oid[],
): Promise<string[]> {
  const open = new Map([...names].filter(([, oid]) => !tips.includes(oid)))
  if (open.size === 0) return []
  for await (const oid of reachable(request, tips)) {
    for (const [name, tip] of open) if (tip === oid) open.delete(name)
    if (open.size === 0) return []
  }
  return [...open.keys()]
}

/** Where HEAD pointed before. A commit that is no longer here can't be lost with the clone. */
async function reflogCommits({ gitDir, store }: HistoryRequest): Promise<Map<Oid, Oid>> {
  const commits = new Map<Oid, Oid>()
  for (const oid of await reflogOids(gitDir, 'HEAD'))
    if (await store.has(oid)) commits.set(oid, oid)
  return commits
}

/** By name, the object that each leads to through annotated tags. */
async function ownRefs({ gitDir, store }: HistoryRequest): Promise<Map<string, Oid>> {
  const refs = await listLocalRefs(gitDir, 'refs/')
  const head = await readHead(gitDir)
  if ('oid' in head) refs.set('HEAD', head.oid)
  const own = [...refs].filter(([name]) => !name.startsWith('refs/remotes/'))
  const peeled = own.map(async ([name, oid]) => [name, (await peel(store, oid)).oid] as const)
  return new Map(await Promise.all(peeled))
}

/** A remote-tracking ref does not prove that its commit is here, after an interrupted fetch. */
async function remoteTips({ gitDir, store }: HistoryRequest): Promise<Oid[]> {
  const tips: Oid[] = []
  for (const oid of (await listLocalRefs(gitDir, 'refs/remotes/')).values()) {
    if (await store.has(oid)) tips.push(oid)
  }
  return tips
}

/** Every commit that these lead to, nearest first. Ends at the end of a shallow clone. */
async function* reachable({ store, signal }: HistoryRequest, tips: Oid[]): AsyncGenerator<Oid> {
  const pacer = new Pacer(signal)
  const seen = new Set(tips)
  // Iterating a set includes elements that are added meanwhile.
  for (const oid of seen) {
    yield oid
    for (const parent of await parentsOf(store, oid)) seen.add(parent)
    if (pacer.isDue) await pacer.rest()
  }
}

async function parentsOf(store: ObjectStore, oid: Oid): Promise<Oid[]> {
  try {
    return (await readCommit(store, oid)).parents
  } catch (error) {
    if (error instanceof MissingObjectError) return []
    throw error
  }
}
