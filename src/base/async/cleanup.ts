/** Registers a function that is called when the work has ended. */
export type Defer = (cleanUp: () => unknown) => void

/**
 * Runs `work`, and then, whether it succeeded or failed, all that it has deferred: the latest first,
 * one after another. As AsyncDisposableStack, which Node 20 does not have.
 *
 * @throws the error of `work`, or the first error of a deferred function
 */
export async function withCleanup<T>(work: (defer: Defer) => Promise<T>): Promise<T> {
  const deferred: (() => unknown)[] = []
  const [outcome] = await Promise.allSettled([work((cleanUp) => void deferred.push(cleanUp))])
  const failures = outcome.status === 'rejected' ? [outcome.reason] : []
  for (const cleanUp of deferred.reverse()) {
    try {
      await cleanUp()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return (outcome as PromiseFulfilledResult<T>).value
}
