import { existsSync } from 'node:fs'
import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Ended } from '../../support/wizard.js'
import type { Workspace } from '../../support/workspace.js'
import { killPoints } from './kill-points.js'

const preload = fileURLToPath(new URL('kill-at.mjs', import.meta.url))

/** A sync of all repositories, which KILL_AT in its environment kills: see kill-at.mjs. */
export const syncKilledBy = (work: Workspace, env: Record<string, string> = {}): Promise<Ended> =>
  work.spawn(['REPO', 'SYNC', '--json', '--lock-wait', '0'], {
    env,
    nodeArgs: ['--import', preload],
  })

export interface KillAndRepeat {
  work: Workspace
  /** The clone, below the root. */
  place: string
  /** How many kills. */
  wanted: number
  /** Looks at what the next run made of a kill. */
  check: (point: number) => Promise<void>
}

/**
 * Kills a sync of the clone as it lies there, or is not there yet, at some of its calls; and then
 * runs another one, which has to leave nothing behind.
 */
export async function killAndRepeat({ work, place, wanted, check }: KillAndRepeat): Promise<void> {
  const rewind = await rewinder(work, place)
  await syncKilledBy(work, { COUNT_TO: work.path('count') })
  for (const point of killPoints(Number(await readFile(work.path('count'), 'utf8')), wanted)) {
    await rewind()
    await syncKilledBy(work, { KILL_AT: String(point) })
    const { json } = await syncKilledBy(work)
    expect([point, json.repositories[0]]).toMatchObject([point, { error: null, warnings: [] }])
    expect([point, await leftBehind(work, place)]).toEqual([point, []])
    await check(point)
  }
  await rm(work.path('pristine'), { recursive: true, force: true })
}

/** Keeps the clone and the state as they are. @returns brings them back */
async function rewinder(work: Workspace, place: string): Promise<() => Promise<void>> {
  const kept = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true }
  const saved = [place, '.wizard/state.json'].filter((path) => existsSync(work.path(path)))
  for (const path of saved) await cp(work.path(path), work.path('pristine', path), kept)
  return async () => {
    for (const path of [place, '.wizard/state.json']) {
      await rm(work.path(path), { recursive: true, force: true })
    }
    for (const path of saved) await cp(work.path('pristine', path), work.path(path), kept)
  }
}

/** Locks, journals and folders of runs that are over, in the clone and beside it. */
async function leftBehind(work: Workspace, place: string): Promise<string[]> {
  const inside = await readdir(work.path(place, '.git'), { recursive: true })
  const beside = await readdir(work.path(place, '..'))
  return [...inside, ...beside.filter((name) => name.startsWith('.'))].filter(
    (path) => /\.lock$|wizard|\.part|tmp_/.test(path) && !path.includes('refs/remotes/wizard'),
  )
}
