import type { Clock } from '../base/clock.js'
import { ConflictError, type ErrorOptions } from '../base/errors.js'
import type { Dispatcher } from '../http/dispatcher.js'
import type { Waits } from '../http/waits.js'
import type { Liveness } from '../process/owner-mark.js'
import type { ObjectCache } from './plumbing/objects/object-cache.js'

export type { Liveness } from '../process/owner-mark.js'

/** What every function of src/git that talks to a server is given. */
export interface Git {
  dispatcher: Dispatcher
  clock: Clock
  /** The Authorization header for a URL, or undefined where that origin may see none. */
  authorization?: (url: URL) => Promise<string | undefined>
  signal?: AbortSignal | undefined
  /** How long a request may be held back for a rate limit; without it none is. */
  waits?: Waits | undefined
  onProgress?: ((progress: GitProgress) => void) | undefined
  /** Each request and what it was answered, in a line without credentials. */
  onRequest?: ((message: string) => void) | undefined
  /** So that what a killed wizard left behind is told from what a living one is about. */
  liveness?: Liveness | undefined
}

export interface GitProgress {
  phase: 'receiving' | 'indexing' | 'checkout'
  /** Bytes of the pack received so far. */
  bytes: number
  /** Objects indexed or files written so far, and how many there are (0: not known yet). */
  done: number
  total: number
}

/** A full object id, 40 hexadecimal digits. */
export type Oid = string

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  type: ObjectType
  data: Buffer
}

/** A pack that has just been put in its place. */
export interface ArrivedPack {
  path: string
  /** Objects of it that are unpacked already, so that a checkout need not do it again. */
  objects: ObjectCache
}

/** A blob that is too large to be held in memory. */
export interface LargeBlob {
  type: 'blob'
  size: number
  /** Its bytes as they come, once; the store is open as long. @throws CorruptObjectError */
  pieces: AsyncIterable<Buffer>
}

/** The objects of one repository: loose, packed and borrowed (alternates). */
export interface ObjectStore {
  /** Whether the object is here, whole; a ref alone proves nothing after a cut fetch. */
  has(oid: Oid): Promise<boolean>
  /** @throws MissingObjectError, CorruptObjectError */
  read(oid: Oid): Promise<GitObject>
  /** As `read`, but of a large blob no more than a piece at a time. */
  open(oid: Oid): Promise<GitObject | LargeBlob>
  /** Looks at the folder again, after a fetch. @param arrived what that has brought, if anything */
  refresh(arrived?: ArrivedPack | null): Promise<void>
  close(): Promise<void>
}

export interface RemoteRef {
  /** The object it names: a tag object's id for an annotated tag. */
  oid: Oid
  /** The commit an annotated tag leads to. */
  peeled?: Oid
}

export interface RemoteRefs {
  /** The full name of the branch HEAD stands for; null where the repository is empty or its HEAD is detached. */
  head: string | null
  /** By full name (`refs/heads/main`). */
  refs: Map<string, RemoteRef>
}

export type BlockReason =
  | 'dirty'
  | 'diverged'
  | 'other-branch'
  | 'wrong-remote'
  | 'not-a-repository'
  | 'unsupported'

/** A repository that a pull leaves exactly as it is, and why. */
export class BlockedError extends ConflictError {
  readonly reason: BlockReason
  /** The paths in the way, where it is about paths: at most ten, for the message. */
  readonly paths: string[]

  constructor(
    reason: BlockReason,
    message: string,
    { paths = [], ...options }: ErrorOptions & { paths?: string[] | undefined } = {},
  ) {
    super(message, options)
    this.reason = reason
    this.paths = paths
  }
}

/** What a repository needs that wizard does not do, so it is said. */
export type Warning = 'lfs' | 'submodules' | 'eol' | 'renamed'

export interface CloneRequest {
  /** https or, on loopback, http; without credentials. */
  url: string
  /** Absent, or an empty folder. */
  dir: string
  /** A branch, a tag (both in short form) or a full commit id; default: the remote's HEAD. */
  ref?: string | undefined
  depth?: number | undefined
  /** `one`: that branch with its tags, as a sync keeps it. `all`: every branch and tag, as `git clone` does. */
  branches: 'one' | 'all'
  /** Whether a detached HEAD is a pin, which a later pull may move. */
  pin?: boolean | undefined
}

export interface CloneResult {
  /** null in an empty repository. */
  oid: Oid | null
  /** The short name of the branch checked out; null when detached (tag or commit). */
  branch: string | null
  /** Bytes of the pack received. */
  bytes: number
  warnings: Warning[]
}

export interface FetchRequest {
  url: string
  dir: string
  /** A branch, a tag or a full commit id. */
  ref: string
  /** At most this many commits deep, where the repository is shallow already. */
  depth?: number | undefined
}

export interface FetchResult {
  /** The commit that ref leads to on the remote, now present here with its history. */
  oid: Oid
  bytes: number
}

/** What is at a destination, read without network and without changing anything. */
export type LocalState =
  | { kind: 'absent' | 'empty' }
  | { kind: 'occupied'; what: string }
  | LocalRepository

export interface LocalRepository {
  kind: 'repository'
  /** `remote.origin.url` as it stands in the repository's config. */
  origin: string | null
  /** Short name of the branch HEAD stands on; null when detached. */
  branch: string | null
  /** null before the first commit. */
  head: Oid | null
  shallow: boolean
  /** Sparse checkout, split index, index v4, sha256 … in words; null where all is well. */
  unsupported: string | null
}

export interface WorktreeStatus {
  /** Index against HEAD. */
  staged: string[]
  /** Files against the index. */
  unstaged: string[]
  /** Neither tracked nor ignored; a folder of them is one path ending in `/`. */
  untracked: string[]
}
