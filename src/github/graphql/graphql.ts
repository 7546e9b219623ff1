import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  GitHubRateLimitError,
} from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { requestIdOf } from '../../http/message.js'
import { graphqlUrl } from '../addresses.js'
import { checkServer } from '../errors.js'
import type { Api } from '../rest/api.js'
import { type ApiResponse, jsonOf } from '../transport/message.js'

export interface GraphqlAnswer {
  /** null if no part of the query was answered. */
  data: Record<string, unknown> | null
  errors: GraphqlFailure[]
  response: ApiResponse
}

export interface GraphqlFailure {
  /** `NOT_FOUND`, `FORBIDDEN` …; empty if there is none. */
  type: string
  message: string
  /** Where in the answer: aliases and indices from its top; empty if the error is about the query. */
  path: string[]
}

/**
 * Sends one query and returns partial errors to the caller. Pass values as variables.
 *
 * @param repeatable default: true unless it is a mutation
 * @throws GitHubNetworkError if the answer is not GraphQL's
 */
export async function askGraphql(
  api: Api,
  query: string,
  variables: Record<string, unknown> = {},
  repeatable = !/\bmutation\b/.test(query),
): Promise<GraphqlAnswer> {
  const response = await api.send({
    method: 'POST',
    url: graphqlUrl(api.baseUrl),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    repeatable,
  })
  const body = jsonOf(response)
  if (!isObject(body) || (!('data' in body) && !('errors' in body))) {
    throw new GitHubNetworkError(`${api.baseUrl.host} did not answer a query as GraphQL does`, {
      status: response.status,
      hint: checkServer,
    })
  }
  const errors = Array.isArray(body.errors) ? body.errors.filter(isObject) : []
  return {
    data: isObject(body.data) ? body.data : null,
    errors: errors.map(({ type, message, path }) => ({
      type: String(type ?? ''),
      path: Array.isArray(path) ? path.map(String) : [],
      message: oneLine(api.redact(String(message ?? 'unknown error'))),
    })),
    response,
  }
}

/**
 * The data of a query or a mutation.
 * https://docs.github.com/en/graphql/guides/forming-calls-with-graphql
 *
 * @throws GitHubError with all errors: GitHubNotFoundError, GitHubAuthError
 */
export async function graphql(
  api: Api,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const answer = await askGraphql(api, query, variables)
  const error = errorOf(answer)
  if (error !== null) throw error
  return answer.data ?? {}
}

/** All errors of an answer as one; null if it is whole. */
export function errorOf({ data, errors, response }: GraphqlAnswer): GitHubError | null {
  if (data !== null && errors.length === 0) return null
  const words = errors.map(({ message }) => message).join('; ')
  const options = { status: response.status, requestId: requestIdOf(response) }
  const types = new Set(errors.map(({ type }) => type))
  if (types.has('NOT_FOUND')) return new GitHubNotFoundError(words, options)
  if (types.has('FORBIDDEN') || types.has('INSUFFICIENT_SCOPES')) {
    return new GitHubAuthError(words, options)
  }
  return new GitHubError(words || 'the query has no answer', options)
}

/** Whether another way to ask may work: a bad token or a rate limit would stop that as well. */
export function isUnavailable(error: unknown): error is GitHubError {
  if (!(error instanceof GitHubError) || error instanceof GitHubRateLimitError) return false
  return !(error instanceof GitHubAuthError && error.status === 401)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
