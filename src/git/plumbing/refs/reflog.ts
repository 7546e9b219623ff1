import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Clock, systemClock } from '../../../base/clock.js'
import { hasCode, readTextIfThere, removeEmptyFolders } from '../../../base/fs/read.js'
import { isOid } from '../../../base/names/ref.js'
import type { Oid } from '../objects/object.js'

const nothing = '0'.repeat(40)

const identity = 'wizard <wizard@localhost>'

export interface RefChange {
  /** null: the ref is new. */
  from: Oid | null
  to: Oid
  /** What happened, as `git reflog` shows it. */
  message: string
}

/** Whether git keeps a reflog for this ref, in a repository with a work tree. */
export const isLogged = (name: string) =>
  name === 'HEAD' || /^refs\/(?:heads|remotes|notes)\//.test(name)

/**
 * Records a change of a ref for `git reflog`, so that its old commit can be restored.
 *
 * @see https://git-scm.com/docs/git-reflog
 */
export async function appendReflog(
  gitDir: string,
  name: string,
  change: RefChange,
  clock: Clock = systemClock,
): Promise<void> {
  const path = join(gitDir, 'logs', name)
  const line = formatEntry(change, new Date(clock.now()))
  try {
    await appendFile(path, line)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EISDIR')) throw error
    await removeEmptyFolders(path)
    await mkdir(dirname(path), { recursive: true })
    await appendFile(path, line)
  }
}

/** Every commit that a ref has pointed to, according to its reflog; empty if it has none. */
export async function reflogOids(gitDir: string, name: string): Promise<Set<Oid>> {
  try {
    const text = await readFile(join(gitDir, 'logs', name), 'utf8')
    const oids = text.split('\n').flatMap((line) => line.slice(0, 81).split(' '))
    return new Set(oids.filter((oid) => isOid(oid) && oid !== nothing))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return new Set()
    throw error
  }
}

/** How many entries a reflog has: for `refs/stash`, the stashes. */
export async function reflogLength(gitDir: string, name: string): Promise<number> {
  const text = readTextIfThere(join(gitDir, 'logs', name)) ?? ''
  return text.split('\n').filter((line) => line !== '').length
}

export async function removeReflog(gitDir: string, name: string): Promise<void> {
  await rm(join(gitDir, 'logs', name), { force: true })
}

export function formatEntry({ from, to, message }: RefChange, date: Date): string {
  const seconds = Math.floor(date.getTime() / 1000)
  const oneLine = message.replace(/\s+/g, ' ').trim()
  return `${from ?? nothing} ${to} ${identity} ${seconds} ${zoneOf(date)}\t${oneLine}\n`
}

/** `+0130` for an hour and a half east of Greenwich. */
function zoneOf(date: Date): string {
  const east = -date.getTimezoneOffset()
  const minutes = Math.abs(east)
  const clock = Math.floor(minutes / 60) * 100 + (minutes % 60)
  return `${east < 0 ? '-' : '+'}${String(clock).padStart(4, '0')}`
}
