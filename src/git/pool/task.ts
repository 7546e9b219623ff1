import type { UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { openObjectStore } from '../plumbing/objects/store.js'
import { summarizeWorktree, type WorktreeSummary } from '../worktree/summary.js'

/** One repository whose summary is wanted: plain data, so that it can be sent to a thread. */
export interface Task {
  dir: string
  gitDir: string
  env: UserEnvironment
}

/** A message to a thread; its answer has the same number. */
export interface Order {
  id: number
  task: Task
}

/** Without a summary if the task failed: pool.ts then finds out why. */
export interface TaskAnswer {
  id: number
  summary: WorktreeSummary | null
}

/** @throws as `summarizeWorktree` */
export async function perform(task: Task, signal?: AbortSignal): Promise<WorktreeSummary> {
  const store = await openObjectStore(task.gitDir)
  try {
    return await summarizeWorktree({ ...task, store, signal })
  } finally {
    await store.close()
  }
}
