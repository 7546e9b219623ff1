import type { Oid } from '../plumbing/objects/object.js'
import { peel } from '../plumbing/objects/parse.js'
import { openObjectStore } from '../plumbing/objects/store.js'
import { resolveRef } from '../plumbing/refs/read.js'
import { type RefOptions, updateRef } from '../plumbing/refs/update.js'

/**
 * The commit that a local tag leads to, by its short name; null if there is no such tag, or it does
 * not lead to a commit.
 */
export async function resolveTag(gitDir: string, tag: string): Promise<Oid | null> {
  const oid = await resolveRef(gitDir, `refs/tags/${tag}`)
  if (oid === null) return null
  const store = await openObjectStore(gitDir)
  try {
    if (!(await store.has(oid))) return null
    const { type, oid: commit } = await peel(store, oid)
    return type === 'commit' ? commit : null
  } finally {
    await store.close()
  }
}

/**
 * Records in a remote-tracking ref that the server has this commit. A pin has no such ref of its
 * own, and without one a detached HEAD could be somebody's work.
 */
export const notePin = (gitDir: string, oid: Oid, options: RefOptions): Promise<void> =>
  updateRef(gitDir, `refs/remotes/wizard/${oid}`, oid, { message: 'pin', ...options })
