import { git } from './run.js'

interface Blob {
  oid: string
  data: Buffer
}

interface Asked {
  expression: string
  resolve(blob: Blob | null): void
  reject(error: unknown): void
}

const waiting = new Map<string, Asked[]>()

/**
 * The file that an expression names (`HEAD:path`), or null. Calls in the same tick share one git
 * process.
 */
export function blobAt(bare: string, expression: string): Promise<Blob | null> {
  return new Promise((resolve, reject) => {
    if (expression.includes('\n')) return resolve(null)
    const queue = waiting.get(bare) ?? []
    if (queue.length === 0) {
      waiting.set(bare, queue)
      setImmediate(() => {
        waiting.delete(bare)
        readAll(bare, queue).catch((error) => {
          for (const one of queue) one.reject(error)
        })
      })
    }
    queue.push({ expression, resolve, reject })
  })
}

/** https://git-scm.com/docs/git-cat-file#_batch_output */
async function readAll(bare: string, asked: Asked[]): Promise<void> {
  const input = asked.map(({ expression }) => `${expression}\n`).join('')
  const output = await git(['cat-file', '--batch'], { dir: bare, input })
  let at = 0
  for (const { resolve } of asked) {
    const end = output.indexOf('\n', at)
    const [oid = '', type = '', size = ''] = output.subarray(at, end).toString().split(' ')
    const isObject = /^\d+$/.test(size)
    const data = output.subarray(end + 1, end + 1 + (isObject ? Number(size) : 0))
    at = end + 1 + (isObject ? data.length + 1 : 0)
    resolve(isObject && type === 'blob' ? { oid, data } : null)
  }
}
