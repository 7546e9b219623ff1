import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { crypto } from '../base/builtin.js'
import { ConflictError } from '../base/errors.js'
import { hasCode, namesIn } from '../base/fs/read.js'
import { isDead, type Liveness, placeMark } from './owner-mark.js'

/**
 * What is built. It is part of the folder's name, so that each kind cleans up its own leftovers.
 */
export type SiblingKind = 'clone' | 'unpack' | 'release'

const ownerSuffix = '.owner'
const prefixOf = (kind: SiblingKind) => `.wizard-${kind}-`

/** How many characters of the destination's name tell a person what is built. */
const mostOfName = 40

/**
 * A new folder beside a destination, on the same file system, in which something is built out of
 * sight.
 */
export interface Sibling {
  dir: string
  /**
   * Renames it to its destination: a free path or an empty folder.
   *
   * @throws ConflictError if something has appeared there since
   */
  publish(): Promise<void>
  /** Removes it unless it is published. */
  discard(): Promise<void>
}

/** Creates the destination's parents. */
export async function openSibling(
  destination: string,
  kind: SiblingKind,
  liveness: Liveness | undefined,
): Promise<Sibling> {
  const parent = dirname(destination)
  await mkdir(parent, { recursive: true })
  const id = crypto().randomBytes(6).toString('hex')
  // A long name may be as long as the system allows.
  const name = basename(destination).slice(0, mostOfName)
  const dir = join(parent, `${prefixOf(kind)}${name}-${id}`)
  // The mark comes first: the folder has a known owner for as long as it exists.
  await placeMark(dir + ownerSuffix, liveness)
  try {
    await mkdir(dir)
  } catch (error) {
    await remove(dir)
    throw error
  }
  return {
    dir,
    publish: () => moveInto(dir, destination),
    discard: () => remove(dir),
  }
}

/** The mark goes last. */
async function remove(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  await rm(dir + ownerSuffix, { force: true })
}

/** A folder that the user has closed to others stays closed. */
async function keepMode(from: string, to: string): Promise<void> {
  const there = await stat(to).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (there?.isDirectory()) await chmod(from, there.mode & 0o7777)
}

/**
 * A rename replaces only a free path or an empty folder and otherwise fails, so nothing is lost.
 */
async function moveInto(from: string, to: string): Promise<void> {
  await keepMode(from, to)
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR')) throw error
    throw new ConflictError(`${to}: something else appeared there in the meantime`, {
      hint: 'look at it, then move it away or choose another destination',
      cause: error,
    })
  }
}

/**
 * Removes what killed processes were building in a folder. Keeps what belongs to living processes
 * and other hosts, and everything without an owner's mark.
 */
export async function removeLeftovers(
  parent: string,
  kind: SiblingKind,
  liveness: Liveness,
): Promise<void> {
  for (const name of await namesIn(parent)) {
    if (!name.startsWith(prefixOf(kind)) || !name.endsWith(ownerSuffix)) continue
    const mark = join(parent, name)
    if (!(await isDead(mark, liveness))) continue
    await remove(mark.slice(0, -ownerSuffix.length)).catch((error: unknown) => {
      // In a shared folder: another user's.
      if (!hasCode(error, 'EPERM', 'EACCES')) throw error
    })
  }
}
