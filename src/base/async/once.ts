import { onAbort } from './on-abort.js'

/**
 * Makes a value on the first call and keeps it. A failed attempt is forgotten, so the next call
 * tries again.
 */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    if (made !== undefined) return made
    const making = make()
    made = making
    making.catch(() => {
      if (made === making) made = undefined
    })
    return making
  }
}

/**
 * Waits for work that several callers share. The signal ends this wait only; the work continues for
 * the others.
 *
 * @throws the signal's reason when it is aborted
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => reject(signal.reason))
    work.then(resolve, reject).finally(release)
  })
}
