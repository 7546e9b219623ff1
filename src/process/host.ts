import { homedir } from 'node:os'
import { PathError } from '../base/errors.js'
import { isForeground } from './foreground.js'
import { privateFolder } from './private-folder.js'

/** How another program starts this wizard, with absolute paths. */
export interface Launcher {
  node: string
  script: string
}

/** The process and machine that wizard runs in, as data. */
export interface Host {
  env: Record<string, string | undefined>
  pid: number
  /** The user's home folder; `/` if the user has none, as in some containers. */
  home: string
  /** In node's names: `linux`, `x64`. */
  platform: { os: string; arch: string }
  /** `v22.13.0` */
  nodeVersion: string
  launcher: Launcher
  /** A folder for what only saves time, which only this user can write to; null: there is none. */
  cacheFolder(): string | null
  /** @throws PathError if the folder has been removed */
  cwd(): string
  /** Whether it may draw on its terminal, which a job in the background must not. */
  isForeground(): boolean
  /**
   * Sends a signal; to a whole process group if the pid is negative. 0 only looks whether it is
   * there. @throws if it has ended
   */
  kill(pid: number, signal: NodeJS.Signals | 0): void
}

/** Called by main and by the library's index, the only modules that use node's `process`. */
export function hostOf(process: NodeJS.Process): Host {
  const { env, pid, platform, arch, version, execPath, argv } = process
  return {
    env,
    pid,
    home: homeOf(),
    platform: { os: platform, arch },
    nodeVersion: version,
    launcher: { node: execPath, script: argv[1] ?? '' },
    cacheFolder() {
      const uid = process.getuid?.()
      if (uid === undefined) return null
      return privateFolder({ cacheHome: env.XDG_CACHE_HOME, home: homedir, uid })
    },
    kill: (pid, signal) => void process.kill(pid, signal),
    isForeground,
    cwd() {
      try {
        return process.cwd()
      } catch (cause) {
        throw new PathError('the current folder no longer exists', {
          hint: 'cd to one that does',
          cause,
        })
      }
    },
  }
}

function homeOf(): string {
  try {
    return homedir()
  } catch {
    // HOME is unset, and the system has no entry for the user id.
    return '/'
  }
}
