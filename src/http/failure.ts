import { GitHubNetworkError, WizardError } from '../base/errors.js'

/** A network failure that a retry does not mend: a redirect that leads nowhere, a proxy's refusal. */
export class PermanentNetworkError extends GitHubNetworkError {
  // For users it is the class that it extends.
  override name = 'GitHubNetworkError'
}

/** Nothing of the request had been sent when these occurred, so the server did not carry it out. */
const beforeSending: Record<string, string> = {
  ENOTFOUND: 'cannot resolve its name',
  EAI_AGAIN: 'the lookup of its name failed',
  EAI_FAIL: 'the lookup of its name failed',
  EAI_NODATA: 'its name has no address',
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  EHOSTDOWN: 'no route to host',
  ENETUNREACH: 'no network',
  ENETDOWN: 'no network',
  EADDRNOTAVAIL: 'no network',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
}

/** Codes of node's TLS: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificate: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
  CERT_UNTRUSTED: 'its certificate comes from an unknown authority',
  CERT_REJECTED: 'its certificate comes from a rejected authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  HOSTNAME_MISMATCH: 'its certificate is for another host name',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'its certificate is damaged or forged',
  CERT_CHAIN_TOO_LONG: 'its certificate chain is too long',
  PATH_LENGTH_EXCEEDED: 'its certificate chain is too long',
  INVALID_CA: 'its certificate was signed by one that may not sign certificates',
  INVALID_PURPOSE: 'its certificate is not for servers',
}

const later: Record<string, string> = {
  EACCES: 'this machine does not allow the connection',
  EPERM: 'this machine does not allow the connection',
  EMFILE: 'too many files are open: raise the limit with ulimit -n 4096',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ECONNABORTED: 'connection closed',
  ENETRESET: 'connection reset',
  ETIMEDOUT: 'connection timed out',
  EPROTO: 'TLS failed: is this an https address?',
  UND_ERR_INFO: 'connection closed',
  UND_ERR_PRX_TLS: "TLS with the proxy failed: is the proxy's address an https one?",
  UND_ERR_INVALID_ARG: 'the request has a character that HTTP does not allow',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_HEADERS_TIMEOUT: 'no answer for too long',
  UND_ERR_BODY_TIMEOUT: 'its answer stopped half-way',
  UND_ERR_ABORT: 'connection closed',
  UND_ERR_ABORTED: 'connection closed',
  UND_ERR_CLOSED: 'the command closed its connections',
  UND_ERR_DESTROYED: 'the command closed its connections',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer was cut short',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too long',
  Z_BUF_ERROR: 'its answer was cut short',
  Z_DATA_ERROR: 'its answer is damaged',
  Z_NEED_DICT: 'its answer is damaged',
}

const reasons: Record<string, string> = { ...beforeSending, ...certificate, ...later }
const networkHint = 'check the network and the proxy settings; running the command again is safe'
const certificateHint =
  'behind a proxy that decrypts TLS, set NODE_EXTRA_CA_CERTS to its certificate'

/** The server, or a gateway before it, fails temporarily. */
const transientStatuses = new Set([500, 502, 503, 504])

export const isTransientStatus = (status: number): boolean => transientStatuses.has(status)

/** Whether a retry may help: after a lost connection, a 5xx, or somebody else's page. */
export const isTransient = (error: unknown): error is GitHubNetworkError =>
  error instanceof GitHubNetworkError && !isFinal(error)

/** Turns a failed request or a broken body into an error in wizard's words. */
export function networkError(error: unknown, url: URL, signal?: unknown): unknown {
  if (signal instanceof AbortSignal && signal.aborted) return signal.reason
  if (!(error instanceof Error) || error instanceof WizardError) return error
  const refusal = proxyRefusal(error)
  if (refusal !== undefined) return refusedByProxy(error, url, refusal)
  return new GitHubNetworkError(`${url.host}: ${reasonOf(error)}${peer(error, url)}`, {
    cause: error,
    hint: isCertificateFailure(error) ? certificateHint : networkHint,
  })
}

/** Why it failed. The sentences of node and undici are for programmers; they stay in the cause. */
function reasonOf(error: Error): string {
  for (const { name, message } of causes(error)) {
    if (name === 'HTTPParserError') {
      return message.includes('EOF') ? 'its answer was cut short' : 'its answer is not HTTP'
    }
  }
  const code = causeCode(error)
  if (code === undefined) return 'the connection failed'
  if (Object.hasOwn(reasons, code)) return String(reasons[code])
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')
    ? 'TLS failed: is this an https address?'
    : `the connection failed (${code})`
}

/** Whether the request certainly was not sent, so that sending it again carries it out once. */
export function isNeverSent(error: unknown): boolean {
  const code = causeCode(error)
  if (code !== undefined && (code in beforeSending || code in certificate)) return true
  return proxyRefusal(error) !== undefined
}

/** The command has ended and closed its connections, for example after another request failed. */
const isClosed = (error: unknown) =>
  ['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'].includes(causeCode(error) ?? '')

/** A retry does not help. */
const isFinal = (error: unknown): boolean =>
  error instanceof PermanentNetworkError || isCertificateFailure(error) || isClosed(error)

function isCertificateFailure(error: unknown): boolean {
  return (causeCode(error) ?? '') in certificate
}

/**
 * The other side closed the connection. If that came before the first byte of the answer, the
 * connection may have been kept alive for too long.
 */
export function isCut(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(causeCode(error) ?? '')
}

/** The code of the error, or of its nearest cause. */
function causeCode(error: unknown): string | undefined {
  for (const one of causes(error)) {
    // Our own errors also have a code, but it names the kind of error, not what happened.
    if (!(one instanceof WizardError) && 'code' in one && typeof one.code === 'string') {
      return one.code
    }
  }
  return undefined
}

function* causes(error: unknown): Generator<Error> {
  for (let one = error; one instanceof Error; one = one.cause) yield one
}

/** The status with which a proxy answered CONNECT; undici reports it only in its message. */
function proxyRefusal(error: unknown): number | undefined {
  for (const one of causes(error)) {
    const status = /^Proxy response \((\d{3})\)/.exec(one.message)?.[1]
    if (status !== undefined) return Number(status)
  }
  return undefined
}

function refusedByProxy(cause: Error, url: URL, status: number): GitHubNetworkError {
  const Refusal = isTransientStatus(status) ? GitHubNetworkError : PermanentNetworkError
  return new Refusal(`${url.host}: the proxy answered ${status}`, {
    cause,
    status,
    hint:
      status === 407
        ? 'the proxy requires a user and a password: put them into its address, http://USER:PASSWORD@HOST:PORT'
        : 'the proxy blocks this host; list hosts that need no proxy in NO_PROXY',
  })
}

/** Who refused: a proxy, if not the host itself. */
function peer(error: Error, url: URL): string {
  for (const one of causes(error)) {
    const { address, port } = { address: undefined, port: undefined, ...one }
    if (typeof address !== 'string' || typeof port !== 'number') continue
    const own = url.port || (url.protocol === 'https:' ? '443' : '80')
    return String(port) === own ? '' : ` by ${address}:${port}`
  }
  return ''
}
