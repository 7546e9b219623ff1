import { readlink, symlink } from 'node:fs/promises'
import { hasCode } from './files.js'

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

/** The owner's mark; `foreign` where it is none of ours, `gone` where there is nothing. */
export async function readMark(path: string): Promise<{ mark: string } | 'foreign' | 'gone'> {
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
