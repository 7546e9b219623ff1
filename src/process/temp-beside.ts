import { randomBytes } from 'node:crypto'
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ConflictError } from '../base/errors.js'
import { existsAt, hasCode, namesIn } from '../base/fs/read.js'
import { isDead, type Liveness, placeMark } from './owner-mark.js'

/** What is built; it is part of the folder's name, so that each kind looks after its own leftovers. */
export type SiblingKind = 'clone' | 'unpack'

const ownerSuffix = '.owner'
const replacedSuffix = '.replaced'
const prefixOf = (kind: SiblingKind) => `.wizard-${kind}-`
const unique = /-[0-9a-f]{12}$/

/** A new folder beside a destination, on the same file system, where something is built out of sight. */
export interface Sibling {
  dir: string
  /**
   * Puts it in its place at once: of nothing, of an empty folder or, with `replace`, of what is there.
   *
   * @throws ConflictError where something has come there meanwhile
   */
  publish(options?: { replace?: boolean }): Promise<void>
  /** Removes it, unless it is in its place. */
  discard(): Promise<void>
}

/** The destination's parents are made. */
export async function openSibling(
  destination: string,
  kind: SiblingKind,
  liveness: Liveness | undefined,
): Promise<Sibling> {
  const parent = dirname(destination)
  await mkdir(parent, { recursive: true })
  const id = randomBytes(6).toString('hex')
  const dir = join(parent, `${prefixOf(kind)}${basename(destination)}-${id}`)
  // The mark first: as long as the folder is there, it is known whose it is.
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

/** The mark last. */
async function remove(dir: string): Promise<void> {
  await removeAll(dir)
  await rm(dir + ownerSuffix, { force: true })
}

const removeAll = (path: string) => rm(path, { recursive: true, force: true, maxRetries: 3 })

/** What the user has closed to others stays closed. */
async function keepMode(from: string, to: string): Promise<void> {
  const there = await stat(to).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (there?.isDirectory()) await chmod(from, there.mode & 0o7777)
}

/** A rename takes the place of nothing, or of an empty folder: of anything else it fails, so nothing is lost. */
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

/** No system call swaps two folders everywhere, so what is there steps aside first, and back where that fails. */
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

/** @throws ConflictError, which says where it is now */
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

/** @returns false where there is nothing */
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
 * Removes what was being built in a folder when its process was killed. What belongs to living ones, and to other
 * hosts, stays; so does all that bears no owner's mark. What had stepped aside for its replacement goes back.
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

/** Killed between stepping aside and its replacement's coming, it is all that there is. */
async function putBack(aside: string, destination: string): Promise<void> {
  if (!(await existsAt(aside)) || (await existsAt(destination))) return
  await rename(aside, destination)
}
