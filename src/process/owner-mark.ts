import { readlink, rm, symlink } from 'node:fs/promises'
import { hasCode } from '../base/fs/read.js'

/** Identifies this process, and says whether the owner of a mark is alive. */
export interface Liveness {
  /** This process, in one line. */
  mark: string
  /**
   * Whether the process of this mark is alive or may be; a process of another host always may be.
   */
  isAlive(mark: string): Promise<boolean>
}

const prefix = 'wizard:'

/**
 * Creates the owner's mark: a dangling symlink whose target names its owner. One system call makes
 * it, so it never exists without its owner, whenever the owner is killed.
 *
 * @returns false if the name is taken
 */
export async function placeMark(path: string, liveness: Liveness | undefined): Promise<boolean> {
  try {
    await symlink(prefix + (liveness?.mark ?? ''), path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** The holder of a mark's path: `foreign` if it is not one of our marks. */
export type Holder = { mark: string } | 'foreign'

/**
 * Takes a path as a lock. A dead owner's lock is taken over.
 *
 * @returns null on success, otherwise the holder
 */
export async function takeMark(
  path: string,
  liveness: Liveness | undefined,
): Promise<Holder | null> {
  for (;;) {
    if (await placeMark(path, liveness)) return null
    const holder = await readMark(path)
    if (holder === 'gone') continue
    if (!(await isDead(path, liveness))) return holder
    const other = await removeDead(path, liveness)
    if (other !== null) return other
  }
}

/**
 * Holds a second lock; without it two processes that see the same dead owner could remove each
 * other's mark.
 */
async function removeDead(path: string, liveness: Liveness | undefined): Promise<Holder | null> {
  const right = `${path}.lock`
  const holder = await takeMark(right, liveness)
  if (holder !== null) return holder
  try {
    if (await isDead(path, liveness)) await rm(path, { force: true })
    return null
  } finally {
    await rm(right, { force: true })
  }
}

/** The owner's mark; `foreign` if it is not one of our marks, `gone` if nothing is there. */
export async function readMark(path: string): Promise<Holder | 'gone'> {
  try {
    const target = await readlink(path)
    return target.startsWith(prefix) ? { mark: target.slice(prefix.length) } : 'foreign'
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'gone'
    if (hasCode(error, 'EINVAL')) return 'foreign'
    throw error
  }
}

/** Whether the mark's owner is certainly dead. If that is unknown, the owner counts as alive. */
export async function isDead(path: string, liveness: Liveness | undefined): Promise<boolean> {
  const owner = await readMark(path)
  if (typeof owner === 'string' || liveness === undefined || owner.mark === '') return false
  return !(await liveness.isAlive(owner.mark))
}
