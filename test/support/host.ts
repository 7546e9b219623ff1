import type { Host } from '../../src/process/host.js'
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
    cwd: () => cwd,
    kill: (pid, signal) => void process.kill(pid, signal),
  }
}
