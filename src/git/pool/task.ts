import type { UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { openObjectStore } from '../plumbing/objects/store.js'
import { status, type WorktreeStatus } from '../worktree/status.js'

/** One repository whose `status` is wanted: plain data, so that it can be sent to a thread. */
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

/** Without a status if the task failed: pool.ts then finds out why. */
export interface TaskAnswer {
  id: number
  status: WorktreeStatus | null
}

/** @throws as `status` */
export async function perform(task: Task, signal?: AbortSignal): Promise<WorktreeStatus> {
  const store = await openObjectStore(task.gitDir)
  try {
    return await status({ ...task, store, signal })
  } finally {
    await store.close()
  }
}
