import { spawnSync } from 'node:child_process'

/** Whether a program can be started; a test that needs it is skipped otherwise, and says so. */
export function hasTool(name: string, ...args: string[]): boolean {
  const { error } = spawnSync(name, args.length > 0 ? args : ['--version'], { stdio: 'ignore' })
  if (error === undefined) return true
  process.stderr.write(`${name} is not installed: its tests are skipped\n`)
  return false
}
