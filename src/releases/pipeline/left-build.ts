import { readFile, rm } from 'node:fs/promises'
import { writeWhole } from '../../base/fs/durable-write.js'
import { hasCode } from '../../base/fs/read.js'
import { grace, signalGroup } from '../../process/group.js'
import { identify, livenessOf, processIdentitySchema } from '../../process/identity.js'
import type { ReleaseSession } from '../session.js'

/**
 * Records the process group of a running build, so that the next run can end it if this one is
 * killed.
 *
 * @param run starts the build, which begins once the record is there
 */
export async function recordingBuild(
  path: string,
  run: (onStart: (group: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  try {
    await run(async (group) => writeWhole(path, JSON.stringify(await identify(group))))
  } finally {
    await rm(path, { force: true })
  }
}

type Session = Pick<ReleaseSession, 'clock' | 'emit' | 'host' | 'signal'>

/** Milliseconds between two looks at a process that has been told to end. */
const pause = 100

/**
 * Ends the build that a killed run has left, first politely, then by force: two builds in one folder
 * would write over each other's files. Call it with the component's lock held.
 */
export async function endLeftBuild(session: Session, path: string): Promise<void> {
  const leader = await readRecord(path)
  if (leader !== null && (await livenessOf(leader)) === 'alive') {
    const message = `ending the build of a killed run, which is still running (${leader.pid})`
    session.emit({ type: 'warning', message })
    signalGroup(session.host, leader.pid, 'SIGTERM')
    if (!(await hasEnded(session, leader.pid))) {
      signalGroup(session.host, leader.pid, 'SIGKILL')
      await hasEnded(session, leader.pid)
    }
  }
  await rm(path, { force: true })
}

async function readRecord(path: string) {
  try {
    return processIdentitySchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    // Half a record is that of a build whose start was cut off.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return null
    throw error
  }
}

/** Whether the whole group ends within its grace. */
async function hasEnded({ clock, host, signal }: Session, group: number): Promise<boolean> {
  for (let waited = 0; waited < grace; waited += pause) {
    if (!signalGroup(host, group, 0)) return true
    await clock.sleep(pause, signal)
  }
  return !signalGroup(host, group, 0)
}
