import { randomBytes } from 'node:crypto'
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ConflictError } from '../base/errors.js'
import { existsAt, hasCode, namesIn } from '../base/fs/read.js'
import { isDead, type Liveness, placeMark } from './owner-mark.js'

/**
 * What is built. It is part of the folder's name, so that each kind cleans up its own leftovers.
 */
export type SiblingKind = 'clone' | 'unpack'

const ownerSuffix = '.owner'
const replacedSuffix = '.replaced'
const prefixOf = (kind: SiblingKind) => `.wizard-${kind}-`
const unique = /-[0-9a-f]{12}$/

/**
 * A new folder beside a destination, on the same file system, in which something is built out of
 * sight.
 */
export interface Sibling {
  dir: string
  /**
   * Renames it to its destination: a free path, an empty folder or, with `replace`, whatever exists
   * there.
   *
   * @throws ConflictError if something has appeared there since
   */
  publish(options?: { replace?: boolean }): Promise<void>
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
  const id = randomBytes(6).toString('hex')
  const dir = join(parent, `${prefixOf(kind)}${basename(destination)}-${id}`)
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
    publish: ({ replace = false } = {}) =>
      replace ? replaceWith(dir, destination) : moveInto(dir, destination),
    discard: () => remove(dir),
  }
}

/** The mark goes last. */
async function remove(dir: string): Promise<void> {
  await removeAll(dir)
  await rm(dir + ownerSuffix, { force: true })
}

const removeAll = (path: string) => rm(path, { recursive: true, force: true, maxRetries: 3 })

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
    throw new ConflictError(`${to}: something was put there meanwhile`, {
      hint: 'look at it, then move it away or choose another destination',
      cause: error,
    })
  }
}

/**
 * No portable system call swaps two folders. So the old folder is renamed first, and renamed back
 * on failure.
 */
async function replaceWith(from: string, to: string): Promise<void> {
  const aside = from + replacedSuffix
  const replaced = await stepAside(to, aside)
  try {
    await moveInto(from, to)
  } catch (error) {
    if (replaced) await stepBack(aside, to)
    throw error
  }
  if (replaced) await removeAll(aside)
}

/** @throws ConflictError that says where the folder is now */
async function stepBack(aside: string, to: string): Promise<void> {
  try {
    await rename(aside, to)
  } catch (cause) {
    throw new ConflictError(`${to}: something was put there meanwhile`, {
      hint: `what was there before is in ${aside}`,
      cause,
    })
  }
}

/** @returns false if nothing is there */
async function stepAside(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

/**
 * Removes what killed processes were building in a folder. Keeps what belongs to living processes
 * and other hosts, and everything without an owner's mark. Restores a folder that was renamed for
 * its replacement.
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
    const dir = mark.slice(0, -ownerSuffix.length)
    await putBack(dir + replacedSuffix, join(parent, destinationOf(basename(dir), kind)))
    await removeAll(dir + replacedSuffix)
    await remove(dir)
  }
}

const destinationOf = (name: string, kind: SiblingKind) =>
  name.slice(prefixOf(kind).length).replace(unique, '')

/** After a kill between the two renames, this is the only copy. */
async function putBack(aside: string, destination: string): Promise<void> {
  if (!(await existsAt(aside)) || (await existsAt(destination))) return
  await rename(aside, destination)
}
