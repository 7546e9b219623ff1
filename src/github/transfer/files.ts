import { PathError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'

export interface OnProgress {
  /** Bytes so far. */
  done: number
  /** null if the server does not say. */
  total: number | null
}

/** Reports a file error as such, so that it does not count as a network error. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw fileError(path, "can't be written", cause)
  }
}

export const fileError = (path: string, what: string, cause: unknown): PathError =>
  new PathError(`${path} ${what}: ${reasonOf(cause)}`, { cause })
