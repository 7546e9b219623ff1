import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod/mini'
import { hasCode } from '../base/fs/read.js'

/**
 * Identifies a process, and distinguishes it from one with the same number after a restart or on
 * another host that shares the folder.
 */
export interface ProcessIdentity {
  host: string
  /** Changes with every boot of the machine. */
  boot: string
  pid: number
  /** When the process began, in the system's own unit. Compare it, but do not compute with it. */
  started: string
}

export const processIdentitySchema = z.object({
  host: z.string(),
  boot: z.string(),
  pid: z.int().check(z.positive()),
  started: z.string(),
}) satisfies z.ZodMiniType<ProcessIdentity>

/** Where Linux describes its processes; other systems do not have it. */
const linuxProc = '/proc'

/** Fields that can't be determined are empty. Such a process never counts as dead. */
export async function identify(pid: number): Promise<ProcessIdentity> {
  const [boot, started] = await Promise.all([bootId(linuxProc), startOf(pid, linuxProc)])
  return { host: hostname(), boot, pid, started: started ?? '' }
}

/** `unknown` for a process of another host, or if this system does not say. */
export async function livenessOf(
  owner: ProcessIdentity,
  proc = linuxProc,
): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner.host !== hostname() || owner.boot === '' || owner.started === '') return 'unknown'
  const boot = await bootId(proc)
  if (boot !== owner.boot) return boot === '' ? 'unknown' : 'dead'
  const started = await startOf(owner.pid, proc)
  if (started === '') return 'unknown'
  return started === owner.started ? 'alive' : 'dead'
}

/** Empty if it can't be determined. */
async function bootId(proc: string): Promise<string> {
  const text = await readText(join(proc, 'sys/kernel/random/boot_id'))
  if (text !== 'absent') return text.trim()
  const { stdout, exitCode } = await run('sysctl', ['-n', 'kern.bootsessionuuid'])
  return exitCode === 0 ? stdout.trim() : ''
}

/** null if there is no such process; empty if its start can't be determined. */
async function startOf(pid: number, proc: string): Promise<string | null> {
  const stat = await readText(join(proc, String(pid), 'stat'))
  if (stat !== 'absent') return startIn(stat)
  const own = await readText(join(proc, 'self/stat'))
  if (own !== 'absent') return own === '' ? '' : null
  const { stdout, exitCode } = await run('ps', ['-o', 'lstart=', '-p', String(pid)])
  if (exitCode === 0) return stdout.trim()
  // `ps` prints nothing and exits with 1 if there is no such process.
  return exitCode === 1 && stdout.trim() === '' ? null : ''
}

/**
 * The name is in parentheses and may contain anything; the start time is the 20th word after it
 * (proc(5), field 22).
 */
function startIn(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie has ended and only waits for its parent.
  return fields[0] === 'Z' ? null : (fields[19] ?? '')
}

/**
 * Empty if the file exists but can't be read (too many open files, for example), because that does
 * not mean the process has ended.
 */
async function readText(path: string): Promise<string | 'absent'> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    return hasCode(error, 'ENOENT', 'ESRCH') ? 'absent' : ''
  }
}

/** For systems without /proc (macOS, BSD). A command that can't be run has no exit code. */
async function run(
  command: string,
  args: string[],
): Promise<{ stdout: string; exitCode: number | undefined }> {
  const { x } = await import('tinyexec')
  const env = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
  return x(command, args, { nodeOptions: { env } }).then(
    ({ stdout, exitCode }) => ({ stdout, exitCode }),
    () => ({ stdout: '', exitCode: undefined }),
  )
}

/**
 * For locks in a repository and for unfinished clones: `mark` names this process, and `isAlive`
 * takes any mark. A mark in another format counts as alive: it belongs to somebody else.
 */
export function livenessFor(self: ProcessIdentity) {
  return {
    mark: JSON.stringify(self),
    async isAlive(mark: string): Promise<boolean> {
      const owner = parseIdentity(mark)
      return owner === null || (await livenessOf(owner)) !== 'dead'
    },
  }
}

function parseIdentity(mark: string): ProcessIdentity | null {
  try {
    return processIdentitySchema.parse(JSON.parse(mark))
  } catch {
    return null
  }
}
