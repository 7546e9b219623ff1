import type { ApiVersion, World } from '../model/world.js'
import { ApiError } from './errors.js'

/**
 * The version that a request names, or the server's default.
 *
 * @throws ApiError 400 for one that the server does not know
 */
export function versionOf({ apiVersions }: World, request: Request): ApiVersion {
  const [fallback = '2022-11-28'] = apiVersions
  const asked = request.headers.get('x-github-api-version')
  if (asked === null) return fallback
  const known = apiVersions.find((version) => version === asked)
  if (known === undefined) throw new ApiError(400, `Unsupported API version: ${asked}`)
  return known
}

/**
 * An answer without the keys that a version has dropped: those of this server alone.
 * https://docs.github.com/en/rest/about-the-rest-api/breaking-changes
 */
export function asVersion(version: ApiVersion, data: unknown): unknown {
  if (version === '2022-11-28' || typeof data !== 'object' || data === null) return data
  if (Array.isArray(data)) return data.map((item) => asVersion(version, item))
  const kept = Object.entries(data).filter(([key]) => !dropped(key, data))
  return Object.fromEntries(kept.map(([key, value]) => [key, asVersion(version, value)]))
}

/** `rate` is dropped from the rate limits, which have `resources`. */
const dropped = (key: string, of: object) =>
  key === 'has_downloads' || (key === 'rate' && 'resources' in of)
