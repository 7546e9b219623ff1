import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { receivePack } from '../../plumbing/pack/receive.js'
import type { Remote } from '../../plumbing/protocol/remote-refs.js'
import { requestPack } from '../../plumbing/protocol/request-pack.js'
import type { Haves } from '../../plumbing/protocol/sideband.js'
import { writeShallow } from '../../repository/shallow.js'

/** A repository while its objects are fetched. */
export interface Repository {
  gitDir: string
  store: ObjectStore
  /** The commits at which its history ends; kept up to date. */
  shallow: Set<Oid>
}

export interface DownloadRequest {
  wants: Oid[]
  haves: Haves
  depth?: number | undefined
}

/**
 * Brings what is wanted into the repository, whole and checked, and then its shallow border; moves no ref.
 *
 * @returns how many bytes the pack had
 */
export async function download(
  git: Git,
  remote: Remote,
  repository: Repository,
  { wants, haves, depth }: DownloadRequest,
): Promise<number> {
  const { gitDir, store } = repository
  const before = repository.shallow
  const request = { wants, haves, shallow: before, depth }
  const { bytes, after, pack } = await requestPack(git, remote, request, async (answer) => {
    const border = new Set([...before, ...answer.shallow])
    for (const oid of answer.unshallow) border.delete(oid)
    const { chunks } = answer
    const host = new URL(remote.url).host
    const receive = { gitDir, chunks, host, store, wanted: wants, shallow: border }
    return { ...(await receivePack(git, receive)), after: border }
  })
  if (isOther(before, after)) await writeShallow(gitDir, after, git.liveness)
  repository.shallow = after
  await store.refresh(pack)
  return bytes
}

const isOther = (one: Set<Oid>, other: Set<Oid>) =>
  one.size !== other.size || [...one].some((oid) => !other.has(oid))
