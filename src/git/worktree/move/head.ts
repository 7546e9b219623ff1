import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Oid } from '../../plumbing/objects/object.js'
import { readHead, resolveRef } from '../../plumbing/refs/read.js'
import { updateRef, writeHead } from '../../plumbing/refs/update.js'
import { type Journal, moveFolder } from './journal-file.js'
import type { MoveRequest, Repository } from './repository.js'

/** Whether HEAD is on that branch (or detached), and one of these commits. */
export async function isHeadAt(
  gitDir: string,
  branch: string | null,
  commits: (Oid | null)[],
): Promise<boolean> {
  const head = await readHead(gitDir)
  if (('branch' in head ? head.branch : null) !== branch) return false
  return commits.includes(await resolveRef(gitDir, 'HEAD'))
}

/** Under the backup ref, where one is wanted. */
export async function keepOldTip({ gitDir, from, backup, liveness }: MoveRequest): Promise<void> {
  if (backup === undefined || from === null) return
  await updateRef(gitDir, backup, from, { expected: null, message: 'backup', liveness })
}

/** The branch, or a detached HEAD, at its new commit; the old one is in ORIG_HEAD and the reflog. */
export async function moveHead(
  { gitDir, liveness }: Repository,
  { branch, from, to, message }: Journal | MoveRequest,
): Promise<void> {
  if (from !== null) {
    const file = join(moveFolder(gitDir), 'ORIG_HEAD')
    writeFileSync(file, `${from}\n`)
    renameSync(file, join(gitDir, 'ORIG_HEAD'))
  }
  if (branch === null) await writeHead(gitDir, { oid: to }, { message, liveness })
  else await updateRef(gitDir, `refs/heads/${branch}`, to, { expected: from, message, liveness })
}
