/**
 * The part of Octokit that reaches any endpoint. The object is the complete Octokit, so users of
 * `@octokit/rest` can cast it.
 * https://docs.github.com/en/rest
 */
export interface Octokit {
  /**
   * `GET /repos/{owner}/{repo}`, for example, with owner and repo. Header names are in lower case.
   */
  request(
    route: string,
    parameters?: Record<string, unknown>,
  ): Promise<{
    status: number
    url: string
    headers: Record<string, string | number | undefined>
    data: unknown
  }>
  /** The items of all pages. */
  paginate(route: string, parameters?: Record<string, unknown>): Promise<unknown[]>
}
