import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError } from '../../base/errors.js'
import { namesIn } from '../../base/fs/read.js'
import { createWaits } from '../../http/policy/waits.js'
import { isDead, type Liveness, takeMark } from '../../process/owner-mark.js'
import type { Git } from '../git.js'
import type { LfsObjects } from './objects.js'
import type { LfsPointer } from './pointer.js'

/** Milliseconds between two looks at another's lock. */
const lookAgain = 200

/**
 * Waits while somebody else downloads the object: another process, or another repository with the
 * same storage.
 *
 * @returns false if the object is here by then
 * @throws ConflictError if the other one takes too long
 */
export async function takeTurn(
  git: Git,
  { objects, pointer }: { objects: LfsObjects; pointer: LfsPointer },
  lock: string,
): Promise<boolean> {
  const waits = git.waits ?? createWaits({ clock: git.clock, deadline: null })
  const begun = waits.now()
  while ((await takeMark(lock, git.liveness)) !== null) {
    if (!waits.fits(begun, waits.now() + lookAgain)) {
      throw new ConflictError(`${lock} exists: another process is downloading this object`, {
        hint: 'wait until it ends; after a crash, remove the file',
      })
    }
    await git.clock.sleep(lookAgain, git.signal)
    if (await objects.isIntact(pointer)) return false
  }
  return true
}

/** Removes the locks that killed processes left; their unfinished downloads stay, to be continued. */
export async function clearDeadTurns(
  { folder }: LfsObjects,
  liveness: Liveness | undefined,
): Promise<void> {
  if (liveness === undefined) return
  const incomplete = join(folder, 'incomplete')
  for (const name of await namesIn(incomplete)) {
    const lock = join(incomplete, name)
    if (!name.endsWith('.part.lock') || !(await isDead(lock, liveness))) continue
    if ((await takeMark(lock, liveness)) === null) await rm(lock, { force: true })
  }
}
