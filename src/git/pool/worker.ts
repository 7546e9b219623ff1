import { parentPort } from 'node:worker_threads'
import { type Order, perform, type TaskAnswer } from './task.js'

// The entry of a pool's thread: it loads nothing outside src/git, and writes nothing.
parentPort?.on('message', async ({ id, task }: Order) => {
  const summary = await perform(task).catch(() => null)
  parentPort?.postMessage({ id, summary } satisfies TaskAnswer)
})
