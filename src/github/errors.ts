import { statusName } from '../base/builtin.js'
import {
  GitHubAuthError,
  GitHubError,
  type GitHubErrorOptions,
  GitHubNetworkError,
  GitHubNotFoundError,
} from '../base/errors.js'
import { oneLine } from '../base/text.js'
import { kindOfRefusal, type RefusalKind, requestIdOf } from '../http/message.js'
import { subjectOf } from './subject.js'
import { type ApiRequest, type ApiResponse, jsonOf } from './transport/message.js'

export interface RefusalContext {
  /** The credential's source in words; null: there is none. */
  source: string | null
  /** The host of the web pages: `github.com`. */
  webHost: string
  redact: (text: string) => string
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export function refusalError(
  request: ApiRequest,
  response: ApiResponse,
  context: RefusalContext,
): GitHubError {
  const { status } = response
  const about = { request, response, context, words: wordsOf(response, context) }
  if (response.foreign) return refusedElsewhere(about)
  return refusals[kindOfRefusal(status)](about)
}

interface Refusal {
  request: ApiRequest
  response: ApiResponse
  context: RefusalContext
  /** GitHub's message. */
  words: string
}

const refusals: Record<RefusalKind, (refusal: Refusal) => GitHubError> = {
  credentials: badCredentials,
  forbidden,
  absent: notFound,
  network: networkRefusal,
  other: (refusal) => new GitHubError(`${subject(refusal)}: ${refusal.words}`, options(refusal)),
}

function badCredentials(refusal: Refusal): GitHubError {
  const { webHost, source } = refusal.context
  const get = `create one at https://${webHost}/settings/tokens and set GITHUB_TOKEN, or run \`gh auth login\``
  if (source === null) {
    return new GitHubAuthError(
      `${webHost} requires a token: ${refusal.words}`,
      options(refusal, get),
    )
  }
  const hint = `it may have expired or been revoked: ${get}`
  return new GitHubAuthError(
    `${webHost} does not accept the token of ${source}: ${refusal.words}`,
    options(refusal, hint),
  )
}

function forbidden(refusal: Refusal): GitHubError {
  const message = `${subject(refusal)}: ${refusal.words}`
  return new GitHubAuthError(message, options(refusal, forbiddenHint(refusal)))
}

/** The headers say more than the body: single sign-on, and the permission that the token lacks. */
function forbiddenHint({ response, context, words }: Refusal): string | undefined {
  const { headers } = response
  if (response.status === 451) return legalHint(response, context)
  const sso = /url=(https:\/\/[^\s;,"']+)/.exec(headers['x-github-sso'] ?? '')?.[1]
  if (sso !== undefined) return `authorize the token for the organization: ${oneLine(sso, 300)}`
  if (/ip allow list/i.test(words)) {
    return 'the organization allows only certain IP addresses: ask its owners to add this one'
  }
  const permissions = oneLine(headers['x-accepted-github-permissions'] ?? '', 200)
  if (context.source === null) return 'set GITHUB_TOKEN, or run `gh auth login`'
  if (permissions !== '') return `the token needs the permission ${permissions}`
  return scopesHint(headers) ?? 'the token is not allowed to do this'
}

/** https://docs.github.com/en/rest/about-the-rest-api/breaking-changes */
function legalHint(response: ApiResponse, { redact }: RefusalContext): string {
  const { block } = { block: undefined, ...(jsonOf(response) as object) }
  const { html_url: notice } = { html_url: undefined, ...(block as object | undefined) }
  const where = typeof notice === 'string' ? `: see ${oneLine(redact(notice), 300)}` : ''
  return `GitHub may not serve this for legal reasons, whatever the token${where}`
}

/** For a classic token GitHub names its scopes, and those that the endpoint accepts. */
function scopesHint(headers: Record<string, string>): string | undefined {
  const has = headers['x-oauth-scopes']
  const accepted = headers['x-accepted-oauth-scopes']
  if (has === undefined || !accepted) return undefined
  const scopes = has.split(',').map((scope) => scope.trim())
  if (accepted.split(',').some((scope) => scopes.includes(scope.trim()))) return undefined
  return `the token has the scopes ${oneLine(has, 100) || '(none)'}; it needs one of ${oneLine(accepted, 100)}`
}

function notFound(refusal: Refusal): GitHubError {
  const { context, request, response, words } = refusal
  if (response.status === 410) {
    return new GitHubNotFoundError(`${subject(refusal)} is gone: ${words}`, options(refusal))
  }
  const scopes = scopesHint(response.headers)
  // Webhooks are hidden from a token without their scope, which the headers name.
  if (scopes !== undefined && isOfHooks.test(request.url.pathname)) {
    const message = `the token may not administer the webhooks of ${subject(refusal)}`
    return new GitHubAuthError(message, options(refusal, scopes))
  }
  // GitHub's usual "Not Found" adds nothing.
  const more = words === statusName(404) ? '' : `: ${words}`
  const message = `${subject(refusal)} was not found, or is not visible to you${more}`
  const hint =
    context.source === null
      ? 'check the name; a private one needs a token: set GITHUB_TOKEN, or run `gh auth login`'
      : `check the name, and that the token of ${context.source} may see it`
  return new GitHubNotFoundError(message, options(refusal, scopes ?? hint))
}

const isOfHooks = /\/(?:repos\/[^/]+|orgs)\/[^/]+\/hooks(?:\/|$)/

function networkRefusal(refusal: Refusal): GitHubError {
  const { request, response, context } = refusal
  const { status } = response
  const { host } = request.url
  const name = statusName(status)
  const trouble =
    context.webHost === 'github.com' ? ': see https://www.githubstatus.com' : ' or is overloaded'
  return new GitHubNetworkError(
    `${host} answered ${status}${name ? ` (${name})` : ''} to ${request.method} ${request.url.pathname}`,
    options(
      refusal,
      status >= 500
        ? `GitHub may have a problem${trouble}; running the command again is safe`
        : 'check github.base_url and the proxy settings',
    ),
  )
}

/**
 * GitHub redirects to storage, with an address that it signed for a few minutes. An answer from
 * that host does not come from the API, and no token was sent there.
 */
function refusedElsewhere(refusal: Refusal): GitHubError {
  const { request, response } = refusal
  const { status, url } = response
  const name = statusName(status)
  return new GitHubNetworkError(
    `${url.host}, where ${request.url.host} keeps ${subject(refusal)}, answered ${status}${name ? ` (${name})` : ''}`,
    options(
      refusal,
      `the address may have expired, or the network blocks ${url.host}: running the command again is safe`,
    ),
  )
}

function options({ response, context }: Refusal, hint?: string): GitHubErrorOptions {
  const requestId = requestIdOf(response)
  return {
    status: response.status,
    requestId: requestId === undefined ? undefined : context.redact(requestId),
    hint,
  }
}

const subject = ({ request: { method, url }, context }: Refusal): string =>
  oneLine(context.redact(subjectOf(method, decoded(url.pathname))), 200)

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** GitHub's message and its `errors[]`, which say which field is wrong and why. */
function wordsOf(response: ApiResponse, { redact }: RefusalContext): string {
  const body = jsonOf(response)
  const { message, errors } = { message: undefined, errors: undefined, ...(body as object) }
  const details = (Array.isArray(errors) ? errors : []).map(detail).filter((text) => text !== '')
  const words =
    typeof message === 'string' && message !== ''
      ? [message, ...new Set(details)].join('; ')
      : (statusName(response.status) ?? `status ${response.status}`)
  return oneLine(redact(words))
}

const fieldErrors: Record<string, string> = {
  missing: 'does not exist',
  missing_field: 'is required',
  invalid: 'is not valid',
  already_exists: 'is already taken',
  unprocessable: "can't be processed",
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
function detail(error: unknown): string {
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null) return ''
  const { message, resource, field, code } = error as Record<string, unknown>
  if (typeof message === 'string') return message
  const what = [resource, field].filter((part) => typeof part === 'string').join('.')
  const why = typeof code === 'string' ? (fieldErrors[code] ?? code) : ''
  return `${what} ${why}`.trim()
}

/** The remedy where a server's answer is not the API's. */
export const checkServer =
  'check github.base_url, and whether a proxy or a login page answers instead'
