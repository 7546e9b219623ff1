import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { hasCode } from '../base/fs/read.js'

/**
 * A process, so that it is told apart from every other: one that got the same number after a restart,
 * or that has it on another host which shares the folder.
 */
export interface ProcessIdentity {
  host: string
  /** Changes at every start of the machine. */
  boot: string
  pid: number
  /** When the process began, in the system's own unit: only compared, never counted with. */
  started: string
}

export const processIdentitySchema = z.object({
  host: z.string(),
  boot: z.string(),
  pid: z.number().int().positive(),
  started: z.string(),
}) satisfies z.ZodType<ProcessIdentity>

/** Where Linux tells of its processes; other systems have none. */
const linuxProc = '/proc'

/** What can't be found out is empty, and makes the process one that never counts as dead. */
export async function identify(pid: number): Promise<ProcessIdentity> {
  const [boot, started] = await Promise.all([bootId(linuxProc), startOf(pid, linuxProc)])
  return { host: hostname(), boot, pid, started: started ?? '' }
}

/** `unknown` for another host's process, and where this system does not say: nobody here can tell. */
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

/** Empty where it can't be found out. */
async function bootId(proc: string): Promise<string> {
  const text = await readText(join(proc, 'sys/kernel/random/boot_id'))
  if (text !== 'absent') return text.trim()
  const { stdout, exitCode } = await run('sysctl', ['-n', 'kern.bootsessionuuid'])
  return exitCode === 0 ? stdout.trim() : ''
}

/** null when there is no such process, empty where it can't be found out. */
async function startOf(pid: number, proc: string): Promise<string | null> {
  const stat = await readText(join(proc, String(pid), 'stat'))
  if (stat !== 'absent') return startIn(stat)
  const own = await readText(join(proc, 'self/stat'))
  if (own !== 'absent') return own === '' ? '' : null
  const { stdout, exitCode } = await run('ps', ['-o', 'lstart=', '-p', String(pid)])
  if (exitCode === 0) return stdout.trim()
  // It says nothing, and 1, of a process that there is not.
  return exitCode === 1 && stdout.trim() === '' ? null : ''
}

/** The name stands in parentheses and may hold anything; the start is the 20th word behind it (proc(5), field 22). */
function startIn(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie has ended: it only waits for its parent to look.
  return fields[0] === 'Z' ? null : (fields[19] ?? '')
}

/** Empty where it is there and can't be read: too many files are open, say, which is no sign of an end. */
async function readText(path: string): Promise<string | 'absent'> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    return hasCode(error, 'ENOENT', 'ESRCH') ? 'absent' : ''
  }
}

/** Where there is no /proc (macOS, BSD). A command that can't be run has no exit code. */
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
 * For locks inside a repository and for half-made clones: `mark` names this process, and any mark can be asked
 * about. A mark that is not ours counts as alive: it is somebody else's to remove.
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
