import type { z } from 'zod'
import { GitHubNetworkError } from '../../base/errors.js'
import { checkedRepo, fullNameOf } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { endpoint } from '../addresses.js'
import { type ApiResponse, jsonOf, type Send } from '../transport/message.js'
import type { Octokit } from './octokit.js'

/** What the operations are given: the GitHubClient is one. */
export interface Api {
  readonly baseUrl: URL
  /** Where git and the web pages are, without a slash at its end. */
  readonly gitUrl: string
  readonly send: Send
  /** For files. */
  readonly transfer: Send
  octokit(): Promise<Octokit>
  /** Whether there is a credential. */
  authenticated(): Promise<boolean>
  redact(text: string): string
  /** Tells what the caller should know and is no error: a listing that GitHub cuts off. */
  warn(message: string): void
}

/**
 * A GET of a path below the API's address.
 *
 * @throws the errors of `refusalError`
 */
export function get(
  api: Api,
  path: string,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return api.send({ method: 'GET', url: endpoint(api.baseUrl, path), headers })
}

/** A GET whose answer steers what is done next, so its shape is checked. @throws GitHubNetworkError */
export async function getParsed<T>(api: Api, path: string, schema: z.ZodType<T>): Promise<T> {
  return parseAnswer(api, schema, jsonOf(await get(api, path)))
}

/** @throws GitHubNetworkError, for an answer that is not what the API gives. */
export function parseAnswer<T>(api: Api, schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = oneLine(issue?.path.join('.') ?? '', 100)
  const what = `${where === '' ? '' : `${where}: `}${oneLine(issue?.message ?? '', 200)}`
  throw new GitHubNetworkError(
    `${api.baseUrl.host} answered something that is not the API: ${what}`,
    {
      hint: 'check github.base_url, and whether a proxy or a login page answers in its place',
    },
  )
}

/** The beginning of a repository's paths. @throws UsageError where a name could lead elsewhere */
export const repositoryPath = (owner: string, repo: string): string =>
  `/repos/${fullNameOf(checkedRepo(owner, repo))}`
