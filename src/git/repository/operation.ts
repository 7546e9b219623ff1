import { existsSync } from 'node:fs'
import { join } from 'node:path'

const marks: [string, string][] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase, or patches being applied'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a cherry-pick or revert of several commits'],
]

/** What the user has begun with git and not ended yet, in words; null where it is nothing. */
export function operationInProgress(gitDir: string): string | null {
  return marks.find(([mark]) => existsSync(join(gitDir, mark)))?.[1] ?? null
}

/** A bisection changes no branch, so a pull need not stop for it; but it is work. */
export const isBisecting = (gitDir: string): boolean => existsSync(join(gitDir, 'BISECT_LOG'))
