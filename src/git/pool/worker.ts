import { parentPort } from 'node:worker_threads'
import { type Order, perform, type TaskAnswer } from './task.js'

// The entry of a thread of the pool: nothing but src/git is loaded here, and nothing is written.
parentPort?.on('message', async ({ id, task }: Order) => {
  const status = await perform(task).catch(() => null)
  parentPort?.postMessage({ id, status } satisfies TaskAnswer)
})
