import type { Liveness } from '../../../process/owner-mark.js'
import type { Oid } from '../../plumbing/objects/object.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import type { RemoteRef } from '../../plumbing/protocol/remote-refs.js'
import { listLocalRefs } from '../../plumbing/refs/read.js'
import { updateRef } from '../../plumbing/refs/update.js'
import { endOf, tagPrefix } from './target.js'

/** Tags of the remote that are not here, by full name. */
export type NewTags = Map<string, RemoteRef>

/** A tag that is here already stays, whatever the remote calls so now. */
export async function newTags(gitDir: string, tags: Map<string, RemoteRef>): Promise<NewTags> {
  if (tags.size === 0) return tags
  const here = await listLocalRefs(gitDir, tagPrefix)
  return new Map([...tags].filter(([name]) => !here.has(name)))
}

/** Those that stand for something that is here: git follows them. */
export async function followed(store: ObjectStore, tags: NewTags): Promise<NewTags> {
  const found: NewTags = new Map()
  for (const [name, tag] of tags) if (await store.has(endOf(tag))) found.set(name, tag)
  return found
}

/** The tag objects among them that are not here yet. */
export async function missingObjects(store: ObjectStore, tags: NewTags): Promise<Oid[]> {
  const missing: Oid[] = []
  for (const { oid } of tags.values()) if (!(await store.has(oid))) missing.push(oid)
  return missing
}

export async function makeTags(
  gitDir: string,
  tags: NewTags,
  liveness: Liveness | undefined,
): Promise<void> {
  for (const [name, { oid }] of tags) {
    await updateRef(gitDir, name, oid, { expected: null, message: 'fetch: storing tag', liveness })
  }
}
