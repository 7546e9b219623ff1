import { execFileSync } from 'node:child_process'
import { gitText } from 'local-github'

/** As `git lfs install` sets it, for one command. */
const filters = [
  'filter.lfs.clean=git-lfs clean -- %f',
  'filter.lfs.smudge=git-lfs smudge -- %f',
  'filter.lfs.process=git-lfs filter-process',
  'filter.lfs.required=true',
].flatMap((setting) => ['-c', setting])

/** git with git-lfs. */
export const gitWithLfs = (dir: string, ...args: string[]): Promise<string> =>
  gitText([...filters, '-C', dir, ...args])

/** Why git-lfs can't be the oracle; null if it can. */
export function whyNoGitLfs(): string | null {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
