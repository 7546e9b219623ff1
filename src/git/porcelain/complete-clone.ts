import { join } from 'node:path'
import type { Git } from '../git.js'
import { openObjectStore } from '../plumbing/objects/store.js'
import { resolveRef } from '../plumbing/refs/read.js'
import {
  type CompletedContent,
  type ContentOptions,
  completeContent,
  openContent,
  withSubmodules,
} from './content.js'

interface CompleteOptions extends ContentOptions {
  /** Whether submodules get their files; default: no. */
  submodules?: boolean | undefined
}

/**
 * Gives a clone whose branch is where it should be what it lacks: content of Git LFS, and
 * submodules if they are wanted.
 *
 * @returns null if it has no commit
 * @throws as `openContent`, `completeContent` and `completeSubmodules`
 */
export async function completeClone(
  git: Git,
  dir: string,
  { url, lfs, submodules }: CompleteOptions,
): Promise<(CompletedContent & { bytes: number }) | null> {
  const gitDir = join(dir, '.git')
  const head = await resolveRef(gitDir, 'HEAD')
  if (head === null) return null
  const store = await openObjectStore(gitDir)
  try {
    const place = { dir, gitDir, store }
    const content = await openContent(git, place, head, { url, lfs })
    const completed = await completeContent(git, place, content)
    const bytes = content.lfs?.came.bytes ?? 0
    if (!submodules || !completed.warnings.includes('submodules')) return { ...completed, bytes }
    const { completeSubmodules } = await import('./submodules/update.js')
    const inside = await completeSubmodules(git, { ...place, to: head, url, lfs })
    return {
      ...completed,
      filled: completed.filled + inside.changed,
      warnings: withSubmodules(completed.warnings, inside),
      bytes: bytes + inside.bytes,
    }
  } finally {
    await store.close()
  }
}
