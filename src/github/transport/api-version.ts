import type { ApiRequest, ApiResponse, Layer } from './message.js'

/**
 * The versions of the REST API whose shapes wizard reads.
 * https://docs.github.com/en/rest/about-the-rest-api/api-versions
 */
export type RestVersion = '2026-03-10' | '2022-11-28'

const newest: RestVersion = '2026-03-10'
const oldest: RestVersion = '2022-11-28'
const header = 'x-github-api-version'

/**
 * Agrees with one server on a version: asks for the newest, until the server refuses it by a 400, as
 * an older enterprise server does, or selects an older one. A 400 carries nothing out, so any
 * request may be repeated after it.
 */
export class VersionChoice {
  #current = newest
  /** The server has answered by the newest version, so a 400 is about the request. */
  #isAgreed = false

  /** The version of the next request. */
  get current(): RestVersion {
    return this.#current
  }

  readonly layer: Layer = (next) => async (request) => {
    if (header in request.headers) return next(request)
    const asked = this.#current
    const response = await next(by(asked, request))
    if (asked === oldest || response.foreign) return response
    const selected = response.headers[`${header}-selected`]
    if (response.status === 400 && !this.#isAgreed && selected !== newest) {
      return this.#fallBack(await next(by(oldest, request)))
    }
    if (selected !== undefined && selected < newest) this.#current = oldest
    else if (response.status < 400) this.#isAgreed = true
    return response
  }

  /** If the older version gets a 400 as well, the version was not the reason. */
  #fallBack(response: ApiResponse): ApiResponse {
    if (response.status !== 400) this.#current = oldest
    return response
  }
}

const by = (version: RestVersion, request: ApiRequest): ApiRequest => ({
  ...request,
  headers: { ...request.headers, [header]: version },
})
