import { GitHubNotFoundError } from '../../../base/errors.js'
import { isOid } from '../../../base/names/ref.js'
import type { Git } from '../../git.js'
import type { Oid } from '../../plumbing/objects/object.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { connect } from '../../plumbing/protocol/connect.js'
import type { RemoteRef, RemoteRefs } from '../../plumbing/protocol/remote-refs.js'
import { listLocalRefs } from '../../plumbing/refs/read.js'
import { type RefOptions, updateRef } from '../../plumbing/refs/update.js'

/** The branch, tag or commit of the remote that a name refers to. */
export interface Target extends RemoteRef {
  kind: 'branch' | 'tag' | 'commit'
  /** The full name of the ref, or the commit's id. */
  name: string
  /** Without `refs/heads/` or `refs/tags/`. */
  short: string
}

export const branchPrefix = 'refs/heads/'
export const tagPrefix = 'refs/tags/'

/** The prefixes to request from the remote, so that `targetOf` finds the name. */
export const prefixesFor = (ref: string): string[] =>
  isOid(ref) ? [] : [branchPrefix + ref, tagPrefix + ref]

/**
 * Finds a branch, or a tag of that name; git prefers the branch, too.
 *
 * @throws GitHubNotFoundError if the remote has neither
 */
export function targetOf({ refs }: RemoteRefs, ref: string, url: string): Target {
  if (isOid(ref)) return { kind: 'commit', name: ref, short: ref, oid: ref }
  for (const [kind, prefix] of [
    ['branch', branchPrefix],
    ['tag', tagPrefix],
  ] as const) {
    const name = prefix + ref
    const found = refs.get(name)
    if (found !== undefined) return { kind, name, short: ref, ...found }
  }
  const { host, pathname } = new URL(url)
  const place = host + pathname.replace(/\.git$/, '')
  throw new GitHubNotFoundError(`${place} has no branch or tag ${JSON.stringify(ref)}`, {
    hint: 'it may have been renamed or deleted; a commit needs all 40 digits of its id',
  })
}

/** The tags among a remote's refs, by full name. */
export function tagsOf({ refs }: RemoteRefs): Map<string, RemoteRef> {
  return new Map([...refs].filter(([name]) => name.startsWith(tagPrefix)))
}

/** The object that a tag finally leads to. */
export const tipOf = ({ oid, peeled }: RemoteRef): Oid => peeled ?? oid

/**
 * Lists HEAD and the refs of a remote repository whose full names begin with one of the prefixes.
 * It takes one request of a few hundred bytes if the server knows version 2 of the protocol.
 *
 * @param url without credentials
 * @param prefixes such as `refs/heads/main` or `refs/tags/`
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, GitHubNetworkError,
 *   GitHubError
 */
export async function listRefs(git: Git, url: string, prefixes: string[]): Promise<RemoteRefs> {
  const { head, refs } = await connect(git, url, prefixes)
  return { head, refs }
}

/** The remote's tags that are not here, by full name. */
export type NewTags = Map<string, RemoteRef>

/** Leaves out existing tags: a local tag stays, even if the remote has moved it. */
export async function newTags(gitDir: string, tags: Map<string, RemoteRef>): Promise<NewTags> {
  if (tags.size === 0) return tags
  const here = await listLocalRefs(gitDir, tagPrefix)
  return new Map([...tags].filter(([name]) => !here.has(name)))
}

/** The tags whose commits are here: git follows these. */
export async function followed(store: ObjectStore, tags: NewTags): Promise<NewTags> {
  const found: NewTags = new Map()
  for (const [name, tag] of tags) if (await store.has(tipOf(tag))) found.set(name, tag)
  return found
}

/** The tag objects that are not here yet. */
export async function missingObjects(store: ObjectStore, tags: NewTags): Promise<Oid[]> {
  const missing: Oid[] = []
  for (const { oid } of tags.values()) if (!(await store.has(oid))) missing.push(oid)
  return missing
}

export async function makeTags(gitDir: string, tags: NewTags, options: RefOptions): Promise<void> {
  for (const [name, { oid }] of tags) {
    await updateRef(gitDir, name, oid, {
      expected: null,
      message: 'fetch: storing tag',
      ...options,
    })
  }
}
