import { randomBytes } from 'node:crypto'
import { LockedError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Release } from '../../github/rest/releases.js'
import { livenessOf, type ProcessIdentity } from '../../process/identity.js'
import type { ReleaseSession } from '../session.js'

/** The run that fills a draft: a process of a machine, in the draft's mark for other machines to read. */
export interface DraftOwner extends ProcessIdentity {
  /** Differs between the runs of one process. */
  run: string
  /** Its last sign of life, in milliseconds since 1970. */
  at: number
}

type Here = Pick<ReleaseSession, 'self' | 'clock'>

/** Milliseconds without a sign of life after which an owner counts as dead. */
export const lease = 10 * 60_000
/** Milliseconds between two signs of life: several may fail before the lease ends. */
export const renewal = 2 * 60_000

/** A new run of this process. */
export const newOwner = ({ self, clock }: Here): DraftOwner => ({
  ...self,
  run: randomBytes(4).toString('hex'),
  at: clock.now(),
})

/** The longest name that Linux gives a machine. */
const longestHost = 64

/** One line of six words. */
export const formatOwner = ({ host, pid, boot, started, run, at }: DraftOwner): string =>
  [host.slice(0, longestHost), boot, String(pid), started, run, new Date(at).toISOString()]
    .map((word) => encodeURIComponent(word) || '-')
    .join(' ')

/** null if it is not the line of an owner. */
export function parseOwner(line: string): DraftOwner | null {
  const words = line.split(' ').map((word) => (word === '-' ? '' : decoded(word)))
  const [host = '', boot = '', pid = '', started = '', run = '', at = ''] = words
  const time = Date.parse(at)
  if (Number.isNaN(time) || !/^\d{1,10}$/.test(pid) || run === '') return null
  return { host, boot, pid: Number(pid), started, run, at: time }
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return ''
  }
}

/**
 * - `free`: it has no owner, or the owner was a process of this machine and has ended. No request of
 *   an earlier owner can arrive any more.
 * - `live`: its owner works, or may.
 * - `expired`: its owner gave no sign of life for ten minutes, but may be only suspended, and may still
 *   send a request to this draft.
 */
export type Tenure = 'free' | 'live' | 'expired'

export async function tenureOf({ self, clock }: Here, owner: DraftOwner | null): Promise<Tenure> {
  if (owner === null) return 'free'
  // Two machines may share a name, but not a boot.
  const isHere = owner.host === self.host && owner.boot === self.boot
  if (isHere && (await livenessOf(owner)) === 'dead') return 'free'
  return clock.now() - owner.at > lease ? 'expired' : 'live'
}

/** The error for a draft that another run fills. */
export function heldBy(
  { host, pid, at }: DraftOwner,
  { tag_name: tag, url }: Pick<Release, 'tag_name' | 'url'>,
): LockedError {
  const who = `process ${pid} on ${oneLine(host, 100)}`
  const since = new Date(at).toISOString()
  return new LockedError(
    `another wizard is working on the draft of ${oneLine(tag, 100)}: ${who}, last seen at ${since} (${url})`,
    {
      hint: 'run the command again when it has ended; ten minutes after its last sign of life it counts as dead',
    },
  )
}
