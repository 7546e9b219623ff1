/**
 * As much of Octokit as reaches any endpoint; it is whole, so whoever installs `@octokit/rest` can take it for that.
 * https://docs.github.com/en/rest
 */
export interface Octokit {
  /** `GET /repos/{owner}/{repo}`, say, with owner and repo. Names of headers are in lower case. */
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
