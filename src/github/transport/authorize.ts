import type { CallCredentials } from '../auth/credential-waiters.js'
import type { ApiRequest, Layer } from './message.js'

/**
 * Adds the credential to the requests that may have it, and to no others: it stands below the redirects,
 * so each hop is judged anew.
 */
export function authorize(
  credentials: CallCredentials,
  mayHave: (request: ApiRequest) => boolean,
): Layer {
  return (next) => async (request) => {
    if (!mayHave(request) || 'authorization' in request.headers) return next(request)
    const token = await credentials.token(request.signal)
    if (token === undefined) return next(request)
    return next({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
  }
}

/**
 * A token may be rotated while a long command runs: after a 401 it is read once more, and where it is another one now
 * the request is sent again. A 401 did nothing, so that holds for a POST too.
 */
export function renewCredentials(credentials: CallCredentials): Layer {
  return (next) => async (request) => {
    const used = await credentials.token(request.signal)
    const response = await next(request)
    if (response.status !== 401 || used === undefined) return response
    return (await credentials.renew(used, request.signal)) ? next(request) : response
  }
}
