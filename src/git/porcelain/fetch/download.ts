import type { GitEngine } from '../../engines/engine.js'
import { ownEngine } from '../../engines/own.js'
import { MissingObjectError } from '../../errors.js'
import type { EngineName, Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import {
  canonicalMode,
  fileMode,
  readCommitOrNull,
  readTree,
} from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import type { Haves } from '../../plumbing/protocol/pack-answer.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { writeShallow } from '../../repository/shallow.js'
import { left, Painting, right } from '../history/painting.js'

/** A repository whose objects are being fetched. */
export interface FetchingRepository {
  gitDir: string
  store: ObjectStore
  /** The commits at which its history ends; updated by each fetch. */
  shallow: Set<Oid>
}

export interface PackDownload {
  wants: Oid[]
  haves: Haves
  depth?: number | undefined
}

/**
 * Fetches the wanted objects into the repository, complete and checked, and then updates the
 * shallow border. Moves no ref.
 *
 * @returns the size of the pack in bytes
 */
export async function downloadPack(
  git: Git,
  remote: Remote,
  repository: FetchingRepository,
  { wants, haves, depth }: PackDownload,
): Promise<number> {
  const { gitDir, store, shallow: before } = repository
  const engine = await engines[git.engine ?? 'wizard']()
  const request = { gitDir, store, shallow: before, wants, haves, depth }
  const { bytes, pack, shallow: after } = await engine(git, remote, request)
  if (isOther(before, after)) await writeShallow(gitDir, after, git.liveness)
  repository.shallow = after
  await store.refresh(pack)
  return bytes
}

/** The other engine is loaded where it is chosen. */
const engines: Record<EngineName, () => Promise<GitEngine>> = {
  wizard: async () => ownEngine,
  'isomorphic-git': async () => (await import('../../engines/isomorphic-git.js')).isomorphicEngine,
}

const isOther = (one: Set<Oid>, other: Set<Oid>) =>
  one.size !== other.size || [...one].some((oid) => !other.has(oid))

/**
 * Whether a commit is here with everything that a checkout and a walk of its history need: its
 * files, and its parents down to the shallow border or to commits that are known to be complete. An
 * interrupted fetch may leave a commit without them.
 *
 * @param whole commits that refs name
 */
export async function isConnected(
  store: ObjectStore,
  commit: Oid,
  whole: Set<Oid>,
  shallow: Set<Oid>,
): Promise<boolean> {
  if (whole.has(commit)) return true
  const { tree } = (await readCommitOrNull(store, commit)) ?? {}
  if (tree === undefined || !(await hasFiles(store, tree))) return false
  const painting = new Painting(store, shallow, left)
  await painting.paint(commit, left)
  for (const oid of whole) await painting.paint(oid, right)
  while (await painting.step());
  return !painting.lacks(left)
}

async function hasFiles(store: ObjectStore, tree: Oid): Promise<boolean> {
  try {
    for (const { mode, oid } of await readTree(store, tree)) {
      const type = canonicalMode(mode) ?? fileMode.gitlink
      if (type === fileMode.gitlink) continue
      const isThere = type === fileMode.folder ? await hasFiles(store, oid) : await store.has(oid)
      if (!isThere) return false
    }
    return true
  } catch (error) {
    if (error instanceof MissingObjectError) return false
    throw error
  }
}
