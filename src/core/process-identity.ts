import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'

/**
 * A process, so that it is told apart from every other: one that got the same number after a restart,
 * or that has it on another host which shares the folder.
 */
export const processIdentitySchema = z.object({
  host: z.string(),
  /** Changes at every start of the machine. */
  boot: z.string(),
  pid: z.number().int().positive(),
  /** When the process began, in the system's own unit: only compared, never counted with. */
  started: z.string(),
})

export type ProcessIdentity = z.infer<typeof processIdentitySchema>

export async function identify(pid: number): Promise<ProcessIdentity> {
  const [boot, started] = await Promise.all([bootId(), startOf(pid)])
  return { host: hostname(), boot, pid, started: started ?? '' }
}

/** `unknown` for another host's process: nobody here can tell. */
export async function livenessOf(owner: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner.host !== hostname()) return 'unknown'
  if (owner.boot !== (await bootId())) return 'dead'
  return (await startOf(owner.pid)) === owner.started ? 'alive' : 'dead'
}

async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  } catch {
    return outputOf('sysctl', ['-n', 'kern.bootsessionuuid'])
  }
}

/** null when there is no such process. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name stands in parentheses and may hold anything; the start is the 20th word behind it (proc(5), field 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended: it only waits for its parent to look.
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return (await hasProc())
      ? null
      : (await outputOf('ps', ['-o', 'lstart=', '-p', String(pid)])) || null
  }
}

async function hasProc(): Promise<boolean> {
  return readFile('/proc/self/stat').then(
    () => true,
    () => false,
  )
}

/** Where there is no /proc (macOS, BSD). Empty when the command fails or is not there. */
async function outputOf(command: string, args: string[]): Promise<string> {
  const { x } = await import('tinyexec')
  const result = await x(command, args, {
    nodeOptions: { env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  }).then(
    ({ stdout }) => stdout,
    () => '',
  )
  return result.trim()
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
