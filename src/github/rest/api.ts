import type { z } from 'zod/mini'
import { GitHubNetworkError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { checkServer } from '../errors.js'
import type { RestVersion } from '../transport/api-version.js'
import type { Send } from '../transport/message.js'
import type { Octokit } from './octokit.js'

/** The arguments of every operation: a GitHubClient is one. */
export interface Api {
  readonly baseUrl: URL
  /** Where git and the web pages are, without a trailing slash. */
  readonly gitUrl: string
  /** What the server and wizard agree on. */
  restVersion(): Promise<RestVersion>
  readonly send: Send
  /** For files. */
  readonly transfer: Send
  octokit(): Promise<Octokit>
  /** Whether there is a credential. */
  authenticated(): Promise<boolean>
  redact(text: string): string
  /** Reports something that is not an error: a listing that GitHub truncates. */
  warn(message: string): void
}

/** Octokit's typed endpoints: https://octokit.github.io/rest.js */
export type Rest = Octokit['rest']

/**
 * Sends one request and validates its answer, because the answer decides what happens next.
 *
 * @throws GitHubNetworkError for an unexpected shape; the errors of `refusalError`
 */
export async function ask<T>(
  api: Api,
  schema: z.ZodMiniType<T>,
  request: (rest: Rest) => Promise<{ data: unknown }>,
): Promise<T> {
  const { rest } = await api.octokit()
  return parseAnswer(api, schema, (await request(rest)).data)
}

/**
 * The address of a typed endpoint, for a file that is streamed: `(rest) => rest.x.y.endpoint({ …
 * })`.
 */
export async function addressOf(api: Api, endpoint: (rest: Rest) => { url: string }): Promise<URL> {
  const { rest } = await api.octokit()
  return new URL(endpoint(rest).url)
}

/** @throws GitHubNetworkError for an answer that the API would not give */
export function parseAnswer<T>(api: Api, schema: z.ZodMiniType<T>, data: unknown): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new GitHubNetworkError(
    `${api.baseUrl.host} did not answer as the GitHub API does: ${faultIn(data, issue)}`,
    {
      hint: checkServer,
    },
  )
}

/** What is wrong with an answer, in wizard's words: the schema's are for programmers. */
function faultIn(data: unknown, issue: z.core.$ZodIssue | undefined): string {
  const path = issue?.path ?? []
  const where = path.length === 0 ? 'it' : oneLine(path.map(String).join('.'), 100)
  const value = path.reduce<unknown>((inner, key) => Object(inner)[key], data)
  if (value === undefined) return `${where} is missing`
  const wanted = issue?.code === 'invalid_type' ? kinds[issue.expected] : undefined
  return wanted === undefined ? `${where} has an unexpected value` : `${where} is not ${wanted}`
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}
