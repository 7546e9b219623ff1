import { homedir } from 'node:os'
import { PathError } from '../base/errors.js'

/** How another program starts this wizard, by full paths. */
export interface Launcher {
  node: string
  script: string
}

/** The process and the machine that wizard runs in, as data. */
export interface Host {
  env: Record<string, string | undefined>
  pid: number
  /** The user's home folder; `/` for a user who has none, as containers set it. */
  home: string
  /** Node's names: `linux`, `x64`. */
  platform: { os: string; arch: string }
  /** `v22.13.0` */
  nodeVersion: string
  launcher: Launcher
  /** @throws PathError where somebody has removed the folder */
  cwd(): string
}

/** Called by main and by the library's face, the only places that know node's own `process`. */
export function hostOf(process: NodeJS.Process): Host {
  const { env, pid, platform, arch, version, execPath, argv } = process
  return {
    env,
    pid,
    home: homeOf(),
    platform: { os: platform, arch },
    nodeVersion: version,
    launcher: { node: execPath, script: argv[1] ?? '' },
    cwd() {
      try {
        return process.cwd()
      } catch (cause) {
        throw new PathError('the current folder is not there any more', {
          hint: 'cd to one that is',
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
    // No HOME, and a user id that the system has no entry of.
    return '/'
  }
}
