import { GitHubError } from '../../../base/errors.js'
import { isOid, isRefName } from '../../../base/names/ref.js'
import type { Oid } from '../objects/object.js'
import type { Capabilities } from './pkt-line.js'

/** Names that git does not allow are left out, as git leaves them. */
export function addRef(
  refs: Map<string, RemoteRef>,
  name: string,
  oid: string,
  peeled?: string,
): void {
  if (name !== 'HEAD' && !isRefName(name)) return
  refs.set(name, peeled !== undefined && isOid(peeled) ? { oid, peeled } : { oid })
}

export const branchOrNull = (name: string) =>
  name.startsWith('refs/heads/') && isRefName(name) ? name : null

export const notSha1 = (host: string) =>
  new GitHubError(`${host} names objects in another way than SHA-1`, {
    hint: 'repositories with SHA-256 object ids are not supported',
  })

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

export interface Advertised extends RemoteRefs {
  /** In an empty repository, the full name of the branch its HEAD waits for, where the server tells. */
  unborn: string | null
}

/** A repository on a server, what it offers, and how to ask it for more. */
export type Remote = Advertised & { /** After redirects. */ url: string } & (
    | { version: 2 }
    | { version: 0; capabilities: Capabilities }
  )
