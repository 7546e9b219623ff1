import type { Host } from '../../src/process/host.js'
import { privateFolder } from '../../src/process/private-folder.js'
import { bareEnvironment, executable } from './wizard.js'

/** The host of a test: its own folder and environment, this process's identity. */
export const testHost = (cwd: string, env: Record<string, string> = {}): Host => {
  const seen = { ...bareEnvironment(cwd), ...env }
  return {
    env: seen,
    pid: process.pid,
    home: seen.HOME ?? cwd,
    platform: { os: process.platform, arch: process.arch },
    nodeVersion: process.version,
    launcher: { node: process.execPath, script: executable },
    cacheFolder: () =>
      privateFolder({
        cacheHome: seen.XDG_CACHE_HOME,
        home: () => seen.HOME ?? cwd,
        uid: process.getuid?.() ?? 0,
      }),
    cwd: () => cwd,
    kill: (pid, signal) => void process.kill(pid, signal),
    isForeground: () => true,
  }
}
