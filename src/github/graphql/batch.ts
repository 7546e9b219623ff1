import { GitHubError, GitHubNetworkError } from '../../base/errors.js'
import { isCut } from '../../http/failure.js'

/** GitHub counts 50 repositories as one point, and times out well above this. */
const largestBatch = 100

/**
 * Asks for many things in queries of at most 100, one after another. A query that is too heavy ends in 502, 504, a cut
 * connection or an error that speaks of a time-out: half of it may not. Silence of the whole `timeout` is no such sign,
 * and halving it on and on would take minutes.
 *
 * @param ask answers in the order it was asked; `single`: there is no smaller query
 * @param onAnswer told of each batch's answers, so that they are there where a later one fails
 */
export async function askInBatches<W, A>(
  wanted: readonly W[],
  ask: (wanted: readonly W[], single: boolean) => Promise<A[]>,
  onAnswer: (answers: A[]) => void,
): Promise<void> {
  for (let from = 0; from < wanted.length; from += largestBatch) {
    onAnswer(await askInHalves(wanted.slice(from, from + largestBatch), ask))
  }
}

async function askInHalves<W, A>(
  wanted: readonly W[],
  ask: (wanted: readonly W[], single: boolean) => Promise<A[]>,
): Promise<A[]> {
  const single = wanted.length === 1
  try {
    return await ask(wanted, single)
  } catch (error) {
    if (single || !isOverload(error)) throw error
  }
  const half = Math.ceil(wanted.length / 2)
  const first = await askInHalves(wanted.slice(0, half), ask)
  return [...first, ...(await askInHalves(wanted.slice(half), ask))]
}

function isOverload(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false
  if (error.status === 502 || error.status === 504) return true
  if (error instanceof GitHubNetworkError) return isCut(error)
  return /time-?out|something went wrong/i.test(error.message)
}
