import { GitHubError } from '../../../base/errors.js'
import { isOid, isRefName } from '../../../base/names/ref.js'
import type { Oid } from '../objects/object.js'
import type { Capabilities } from './pkt-line.js'

/** Skips names that git does not allow, as git does. */
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
  new GitHubError(`${host} uses an object format other than SHA-1`, {
    hint: 'repositories with SHA-256 object ids are not supported',
  })

export interface RemoteRef {
  /** The object it names: for an annotated tag, the tag object. */
  oid: Oid
  /** The commit that an annotated tag leads to. */
  peeled?: Oid
}

export interface RemoteRefs {
  /** The full name of HEAD's branch; null if the repository is empty or its HEAD is detached. */
  head: string | null
  /** By full name (`refs/heads/main`). */
  refs: Map<string, RemoteRef>
}

export interface Advertised extends RemoteRefs {
  /**
   * In an empty repository, the full name of the branch that HEAD points to, if the server says so.
   */
  unborn: string | null
}

/** A repository on a server, what it offers, and which protocol it speaks. */
export type Remote = Advertised & { /** After redirects. */ url: string } & (
    | { version: 2 }
    | { version: 0; capabilities: Capabilities }
  )
