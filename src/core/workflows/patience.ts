import { GitHubNetworkError, reportError } from '../errors.js'
import { isCertificateFailure } from '../http/failure.js'
import type { WorkflowDeps } from './deps.js'

/** Whether the same question may well be answered next time: a lost connection, a 5xx, a page that is not the API. */
export const isPassing = (error: unknown): boolean =>
  error instanceof GitHubNetworkError && !isCertificateFailure(error)

/**
 * Asks, and tells of a failure that may pass in place of throwing it: a poll that failed says nothing of the run.
 *
 * @returns undefined where it failed
 * @throws what will not pass
 */
export async function patiently<T>(
  { emit, signal }: WorkflowDeps,
  ask: () => Promise<T>,
  mayPass: (error: unknown) => boolean = isPassing,
): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (signal?.aborted || !mayPass(error)) throw error
    emit({ type: 'poll-failed', message: reportError(error).message })
    return undefined
  }
}
