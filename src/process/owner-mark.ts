import { readlink, rm, symlink } from 'node:fs/promises'
import { hasCode } from '../base/fs/read.js'

/** Who is at work, and whether another still is. */
export interface Liveness {
  /** This process, in one line. */
  mark: string
  /** Whether the process that left this mark is at work, or may be: another host's always may. */
  isAlive(mark: string): Promise<boolean>
}

const prefix = 'wizard:'

/**
 * Leaves word of who is at work: a symlink to nowhere whose target names its owner. Made in one system call,
 * it is never there without the owner's mark, whenever its owner is killed.
 *
 * @returns false where something of that name is there
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

/** Whoever holds a mark's place: `foreign` where it is none of ours. */
export type Holder = { mark: string } | 'foreign'

/**
 * Takes a place as a lock: of a dead owner it is taken over.
 *
 * @returns null when it is ours, else who holds it
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

/** Under a lock of its own, else two that found the same dead one could remove each other's. */
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

/** The owner's mark; `foreign` where it is none of ours, `gone` where there is nothing. */
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

/** Whether the mark's owner is known to be at work no more; who can't tell takes it for alive. */
export async function isDead(path: string, liveness: Liveness | undefined): Promise<boolean> {
  const owner = await readMark(path)
  if (typeof owner === 'string' || liveness === undefined || owner.mark === '') return false
  return !(await liveness.isAlive(owner.mark))
}
