import type { Account } from '../model/repository.js'
import type { World } from '../model/world.js'
import { badCredentials } from './errors.js'

/**
 * Authenticates a request. A token may come as `Bearer`, as `token` or as the password of `Basic`;
 * an app's own routes take a JWT.
 *
 * @returns null without an Authorization header
 * @throws ApiError 401 for an unknown token
 */
export function authenticate(
  world: World,
  call: { request: Request; path: string },
): Account | null {
  const header = call.request.headers.get('authorization')
  if (header === null) return null
  const [scheme = '', credentials = ''] = header.split(' ')
  if (call.path.startsWith('/app') && isSignedToken(credentials)) return world.viewer
  const token = tokenOf(scheme.toLowerCase(), credentials)
  if (token === undefined || !world.tokens.has(token)) throw badCredentials()
  return world.viewer
}

function tokenOf(scheme: string, credentials: string): string | undefined {
  if (scheme === 'bearer' || scheme === 'token') return credentials
  if (scheme !== 'basic') return undefined
  const [, ...password] = Buffer.from(credentials, 'base64').toString().split(':')
  return password.join(':')
}

/**
 * A JWT (RFC 7519) with header, claims and a signature. The signature is not verified, because the
 * test's own key made it.
 */
function isSignedToken(credentials: string): boolean {
  const [header = '', claims = '', signature = '', more] = credentials.split('.')
  if (signature.length < 40 || more !== undefined) return false
  return parses(header) && parses(claims)
}

function parses(part: string): boolean {
  try {
    return typeof JSON.parse(Buffer.from(part, 'base64url').toString()) === 'object'
  } catch {
    return false
  }
}
