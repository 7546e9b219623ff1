import type { Oid } from '../plumbing/objects/object.js'
import { parseCommit, parseCommitText } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import { reflogLength } from '../plumbing/refs/reflog.js'
import { countChanges, headCommit, type WorktreeStatusRequest } from './status.js'

/** What a person wants to know of a clone at a glance: plain data, so that it can leave a thread. */
export interface WorktreeSummary {
  /** Paths, as `git status --porcelain --no-renames` has them. */
  staged: number
  unstaged: number
  /** A folder of untracked files counts once. */
  untracked: number
  stashes: number
  /** null before the first commit. */
  last_commit: LastCommit | null
}

export interface LastCommit {
  oid: string
  /** The committer's, in ISO 8601, UTC. */
  time: string
  /** As `git log --format=%s` has it. */
  subject: string
}

/** Walks the work tree once. @throws as `status` */
export async function summarizeWorktree(request: WorktreeStatusRequest): Promise<WorktreeSummary> {
  const { gitDir, commonDir = gitDir, store } = request
  const { staged, unstaged, untracked } = await countChanges(request)
  const head = await headCommit({ gitDir, commonDir })
  return {
    ...{ staged, unstaged, untracked },
    stashes: await reflogLength(commonDir, 'refs/stash'),
    last_commit: head === null ? null : await readLast(store, head),
  }
}

async function readLast(store: ObjectStore, oid: Oid): Promise<LastCommit> {
  const { data } = await store.read(oid)
  const time = Math.min(parseCommit(data).time, lastTime)
  const subject = subjectIn(parseCommitText(data).message)
  return { oid, time: new Date(time * 1000).toISOString(), subject }
}

/** The end of the year 9999: a commit may say anything. */
const lastTime = 253_402_300_799

/** The first paragraph, on one line. */
const subjectIn = (message: string): string =>
  message
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .split(/\n[^\S\n]*(?:\n|$)/, 1)
    .join('')
    .replace(/\s*\n/g, ' ')
    .trimEnd()
