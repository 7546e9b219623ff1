import type { Oid } from '../../plumbing/objects/object.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { readShallow } from '../../repository/shallow.js'
import { left, Painting, right } from './paint.js'

/**
 * Whether a commit can be reached from another one, or is that one. Where history is cut (a shallow clone, a missing
 * object) what can't be reached here counts as no ancestor.
 *
 * @throws CorruptObjectError
 */
export async function isAncestor(
  store: ObjectStore,
  ancestor: Oid,
  descendant: Oid,
): Promise<boolean> {
  if (ancestor === descendant) return store.has(ancestor)
  // Parents that a shallow border hides are missing, or known from elsewhere: no need to know the border.
  const painting = new Painting(store, new Set())
  await painting.paint(ancestor, left)
  await painting.paint(descendant, right)
  while ((painting.sidesOf(ancestor) & right) === 0) {
    if (!(await painting.step())) return false
  }
  return true
}

/**
 * How many commits each of two has that the other has not.
 *
 * @returns null where history is cut above what both have, so that nobody here can know
 * @throws CorruptObjectError
 */
export async function aheadBehind(
  store: ObjectStore,
  gitDir: string,
  local: Oid,
  remote: Oid,
): Promise<{ ahead: number; behind: number } | null> {
  const painting = new Painting(store, await readShallow(gitDir))
  await painting.paint(local, left)
  await painting.paint(remote, right)
  while (await painting.step());
  if (painting.isCut()) return null
  return { ahead: painting.count(left), behind: painting.count(right) }
}
