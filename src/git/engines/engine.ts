import type { Git } from '../git.js'
import type { Oid } from '../plumbing/objects/object.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import type { ReceivedPack } from '../plumbing/pack/receive.js'
import type { PackRequest } from '../plumbing/protocol/pack-answer.js'
import type { Remote } from '../plumbing/protocol/remote-refs.js'

/**
 * Negotiates, fetches and stores objects: those that are wanted, complete and checked, or none.
 * Moves no ref, and does not write the shallow border.
 */
export type GitEngine = (
  git: Git,
  remote: Remote,
  request: ObjectsRequest,
) => Promise<FetchedObjects>

export interface ObjectsRequest extends PackRequest {
  gitDir: string
  /** The objects that are here already. */
  store: ObjectStore
}

export interface FetchedObjects extends ReceivedPack {
  /** The commits at which history ends from now on. */
  shallow: Set<Oid>
}
