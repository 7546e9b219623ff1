import { GitHubError, GitHubNetworkError } from '../../base/errors.js'
import { isCut } from '../../http/failure.js'
import type { Api } from '../rest/api.js'
import { askGraphql } from './graphql.js'

/** GitHub counts 50 repositories as one point, and times out only with many more. */
const largestBatch = 100

/** Things of one kind that one query asks for, each under its own alias. */
export interface Batch<W, A> {
  /**
   * The field for one of them. `JSON.stringify` quotes names in it, because JSON strings are valid
   * in GraphQL.
   */
  field(wanted: W): string
  /** Reads one answer; `data` is undefined if the server omitted it. */
  read(wanted: W, data: unknown): A
  /** The parent object of all fields; default: the query itself. */
  parent?: { field: string; name: string }
}

/**
 * Asks for many things in queries of at most 100, one after another. A query that is too expensive
 * ends in 502, 504, a cut connection or an error about a time-out; it is split in half and
 * repeated. Silence for the whole `timeout` is no reason to split, because repeated halving would
 * take minutes.
 *
 * @param onAnswers receives each batch's answers in the order of `wanted`, so that they are kept if
 *   a later batch fails
 * @throws as `askGraphql`; GitHubError if no part of a query was answered
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

/** @param repeatable false: a failed query is not retried but split in half */
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
