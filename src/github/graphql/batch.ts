import { GitHubError, GitHubNetworkError } from '../../base/errors.js'
import { isCut } from '../../http/failure.js'
import type { Api } from '../rest/api.js'
import { askGraphql } from './graphql.js'

/** GitHub counts 50 repositories as one point, and times out well above this. */
const largestBatch = 100

/** Many things of one kind, which one query asks for, each under an alias of its own. */
export interface Batch<W, A> {
  /** The field that asks for one. Names go into it as `JSON.stringify` writes them: JSON's strings are GraphQL's. */
  field(wanted: W): string
  /** The answer to one; `data` is undefined where the server left it out. */
  read(wanted: W, data: unknown): A
  /** The object that all are fields of; default: the query itself. */
  parent?: { field: string; name: string }
}

/**
 * Asks for many things in queries of at most 100, one after another. A query that is too heavy ends in 502, 504, a cut
 * connection or an error that speaks of a time-out: half of it may not. Silence of the whole `timeout` is no such sign,
 * and halving it on and on would take minutes.
 *
 * @param onAnswers gets each batch's answers, in the order of `wanted`, so that they are there where a later one fails
 * @throws what `askGraphql` does; GitHubError where nothing of a query could be answered
 */
export async function askInBatches<W, A>(
  api: Api,
  wanted: readonly W[],
  batch: Batch<W, A>,
  onAnswers: (answers: A[]) => void,
): Promise<void> {
  for (let from = 0; from < wanted.length; from += largestBatch) {
    onAnswers(await askInHalves(api, wanted.slice(from, from + largestBatch), batch))
  }
}

async function askInHalves<W, A>(api: Api, wanted: readonly W[], batch: Batch<W, A>): Promise<A[]> {
  const single = wanted.length === 1
  try {
    return await ask(api, wanted, batch, single)
  } catch (error) {
    if (single || !isOverload(error)) throw error
  }
  const half = Math.ceil(wanted.length / 2)
  const first = await askInHalves(api, wanted.slice(0, half), batch)
  return [...first, ...(await askInHalves(api, wanted.slice(half), batch))]
}

/** @param repeatable where it fails: what is not is asked in halves instead */
async function ask<W, A>(
  api: Api,
  wanted: readonly W[],
  { field, read, parent }: Batch<W, A>,
  repeatable: boolean,
): Promise<A[]> {
  const fields = wanted.map((one, index) => `r${index}: ${field(one)}`).join('\n  ')
  const query = parent === undefined ? fields : `${parent.field} {\n  ${fields}\n  }`
  const { data, errors } = await askGraphql(api, `query {\n  ${query}\n}`, {}, repeatable)
  if (data === null) {
    throw new GitHubError(errors[0]?.message ?? 'the query has no answer', { status: 200 })
  }
  const answers = (parent === undefined ? data : data[parent.name]) ?? {}
  return wanted.map((one, index) => read(one, Object(answers)[`r${index}`]))
}

function isOverload(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false
  if (error.status === 502 || error.status === 504) return true
  if (error instanceof GitHubNetworkError) return isCut(error)
  return /time-?out|something went wrong/i.test(error.message)
}
