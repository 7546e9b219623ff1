import type { CallCredentials } from '../auth/credentials.js'
import type { ApiRequest, Layer } from './message.js'

/**
 * Adds the credential only to requests that may have it. It runs after the redirects, so it decides
 * for each hop.
 */
export function authorize(
  credentials: CallCredentials,
  mayHave: (request: ApiRequest) => boolean,
): Layer {
  return (next) => async (request) => {
    const isOurs = mayHave(request) && request.foreign !== true
    if (!isOurs || 'authorization' in request.headers) return next(request)
    const token = await credentials.token(request.signal)
    if (token === undefined) return next(request)
    return next({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
  }
}

/**
 * A token may be rotated during a long command: after a 401 it is read again, and if it has
 * changed, the request is repeated. Storage's 401 says nothing of it. A 401 changes nothing, so a POST may be repeated too.
 */
export function renewCredentials(credentials: CallCredentials): Layer {
  return (next) => async (request) => {
    const used = await credentials.token(request.signal)
    const response = await next(request)
    if (response.status !== 401 || response.foreign || used === undefined) return response
    return (await credentials.renew(used, request.signal)) ? next(request) : response
  }
}
