import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hasCode, namesIn } from '../files.js'
import { isDead, placeMark } from '../owner-mark.js'
import { BlockedError, type Liveness } from '../types.js'

const prefix = '.wizard-clone-'
const ownerSuffix = '.owner'

/** A new folder beside a destination, on the same file system, where something is built out of sight. */
export interface Sibling {
  dir: string
  /** Puts it in its place at once. @throws BlockedError where something has come there meanwhile */
  publish(): Promise<void>
  /** Removes it, unless it is in its place. */
  discard(): Promise<void>
}

/** @param destination absent, or an empty folder; its parents are made */
export async function openSibling(
  destination: string,
  liveness: Liveness | undefined,
): Promise<Sibling> {
  const parent = dirname(destination)
  await mkdir(parent, { recursive: true })
  const unique = randomBytes(6).toString('hex')
  const dir = join(parent, `${prefix}${basename(destination)}-${unique}`)
  // The mark first: as long as the folder is there, it is known whose it is.
  await placeMark(dir + ownerSuffix, liveness)
  try {
    await mkdir(dir)
  } catch (error) {
    await remove(dir)
    throw error
  }
  return { dir, publish: () => moveInto(dir, destination), discard: () => remove(dir) }
}

/** The mark last. */
async function remove(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  await rm(dir + ownerSuffix, { force: true })
}

/** A rename takes the place of nothing, or of an empty folder: of anything else it fails, so nothing is lost. */
async function moveInto(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR')) throw error
    throw new BlockedError('not-a-repository', `${to}: something was put there meanwhile`, {
      hint: 'look at it, then move it away or choose another destination',
      cause: error,
    })
  }
}

/**
 * Removes what clones left in a folder when their process was killed. Those of living ones, and of other hosts,
 * stay; so does all that bears no owner's mark.
 */
export async function removeLeftovers(parent: string, liveness: Liveness): Promise<void> {
  for (const name of await namesIn(parent)) {
    if (!name.startsWith(prefix) || !name.endsWith(ownerSuffix)) continue
    const mark = join(parent, name)
    if (await isDead(mark, liveness)) await remove(mark.slice(0, -ownerSuffix.length))
  }
}
