import { peel } from './objects/parse.js'
import { openObjectStore } from './objects/store.js'
import { resolveRef } from './refs.js'
import type { Oid } from './types.js'

/** The commit that a local tag leads to, by its short name; null where there is no such tag, or it leads elsewhere. */
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
