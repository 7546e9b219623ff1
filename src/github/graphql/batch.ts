import { GitHubError, GitHubNetworkError } from '../../base/errors.js'
import { isCut } from '../../http/failure.js'
import type { Api } from '../rest/api.js'
import { askGraphql, type GraphqlAnswer, type GraphqlFailure } from './graphql.js'

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
 * ends in 502, 504, a cut connection or an error about a time-out, or in a part of the answer and
 * the error RESOURCE_LIMITS_EXCEEDED: what is missing is asked for again in queries of half the
 * size. A query that gets no answer within `timeout` is not split, because repeated halving would
 * take minutes.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
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
  const allowed = { size: largestBatch }
  for (let from = 0; from < wanted.length; ) {
    const next = wanted.slice(from, from + allowed.size)
    from += next.length
    onAnswers(await askInHalves(api, next, batch, allowed))
  }
}

/** @param allowed the largest query within the server's limits, as far as known */
async function askInHalves<W, A>(
  api: Api,
  wanted: readonly W[],
  batch: Batch<W, A>,
  allowed: { size: number },
): Promise<A[]> {
  const half = Math.ceil(wanted.length / 2)
  const { answers, missing, isLimited } = await ask(api, wanted, batch)
  if (isLimited) allowed.size = Math.min(allowed.size, half)
  if (wanted.length === 1) return answers
  for (let from = 0; from < missing.length; from += half) {
    const places = missing.slice(from, from + half)
    const again = places.flatMap((place) => wanted.slice(place, place + 1))
    const found = await askInHalves(api, again, batch, allowed)
    for (const [index, answer] of found.entries()) answers[places[index] ?? 0] = answer
  }
  return answers
}

interface Asked<A> {
  /** In the order of what was wanted. */
  answers: A[]
  /** The places of those that the server did not get to. */
  missing: number[]
  /** The query was larger than the server's limits. */
  isLimited: boolean
}

async function ask<W, A>(
  api: Api,
  wanted: readonly W[],
  { field, read, parent }: Batch<W, A>,
): Promise<Asked<A>> {
  const fields = wanted.map((one, index) => `r${index}: ${field(one)}`).join('\n  ')
  const query = parent === undefined ? fields : `${parent.field} {\n  ${fields}\n  }`
  const all = [...wanted.keys()]
  const unread = { answers: wanted.map((one) => read(one, undefined)), missing: all }
  const single = wanted.length === 1
  let answer: GraphqlAnswer
  try {
    // A failed query of several is not retried but split in half.
    answer = await askGraphql(api, `query {\n  ${query}\n}`, {}, single)
  } catch (error) {
    if (single || !isOverload(error)) throw error
    return { ...unread, isLimited: false }
  }
  const { data, errors } = answer
  const isLimited = errors.some(isLimit)
  if (data === null && isLimited) return { ...unread, isLimited }
  if (data === null) {
    const error = new GitHubError(errors[0]?.message ?? 'the query has no answer', { status: 200 })
    if (single || !isOverload(error)) throw error
    return { ...unread, isLimited }
  }
  const answers = Object((parent === undefined ? data : data[parent.name]) ?? {})
  const depth = parent === undefined ? 0 : 1
  const missing = isLimited ? all.filter((at) => isMissing(`r${at}`, answers, errors, depth)) : []
  const known = (at: number) => (isPartial(`r${at}`, errors, depth) ? undefined : answers[`r${at}`])
  return { answers: wanted.map((one, at) => read(one, known(at))), missing, isLimited }
}

/** An error within a field has made a part of it null, which would look like nothing being there. */
const isPartial = (alias: string, errors: GraphqlFailure[], depth: number): boolean =>
  errors.some(({ path }) => path[depth] === alias && path.length > depth + 1)

const isLimit = ({ type }: GraphqlFailure) => type === 'RESOURCE_LIMITS_EXCEEDED'

/**
 * Whether the server did not get to a field, or not to all of it. Any other null has an error of its
 * own: the repository is not there.
 *
 * @param depth of the field in the answer
 */
function isMissing(
  alias: string,
  answers: Record<string, unknown>,
  errors: GraphqlFailure[],
  depth: number,
): boolean {
  const own = errors.filter(({ path }) => path[depth] === alias)
  if (own.some(isLimit)) return true
  return (answers[alias] ?? null) === null && own.length === 0
}

function isOverload(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false
  if (error.status === 502 || error.status === 504) return true
  if (error instanceof GitHubNetworkError) return isCut(error)
  return /time-?out|something went wrong/i.test(error.message)
}
