import type { UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { openObjectStore } from '../plumbing/objects/store.js'
import { status, type WorktreeStatus } from '../worktree/status.js'

/** One repository whose `status` is asked for: plain data, so that it can go to another thread. */
export interface Task {
  dir: string
  gitDir: string
  env: UserEnvironment
}

/** What a thread is sent, and what it answers under the same number. */
export interface Order {
  id: number
  task: Task
}

/** Without a status where it could not be had: then why is found out by whoever asked (pool.ts). */
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
