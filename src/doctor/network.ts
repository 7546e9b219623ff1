import { type Clock, formatSpan } from '../base/clock.js'
import { daysLeft } from '../github/auth/expiry.js'
import type { AuthStatus } from '../github/auth/status.js'
import type { Dispatcher } from '../http/dispatcher.js'
import { request } from '../http/request.js'
import { type Check, failed, ok, runCheck, warning } from './check.js'

export interface NetworkOptions {
  dispatcher: Dispatcher
  signal: AbortSignal
  clock: Clock
  /** GitHub refuses requests without one. */
  userAgent: string
}

/** The hosts that answered, and how long they took. */
export interface Reached {
  checks: Check[]
  /** Whether the API answers, so that further checks can ask it. */
  hasApi: boolean
}

/** Milliseconds after which a host counts as silent. */
const patience = 10_000

/**
 * Where github.com keeps releases, archives and artifacts. Other servers do not publish such hosts.
 */
const hostsOfGitHub = {
  'upload host': 'https://uploads.github.com/',
  'storage: release assets': 'https://release-assets.githubusercontent.com/',
  'storage: files': 'https://objects.githubusercontent.com/',
  'storage: archives': 'https://codeload.github.com/',
}

/** Sends each host one request without a credential: any answer shows that it is reachable. */
export async function inspectNetwork(
  options: NetworkOptions,
  { baseUrl, gitUrl }: { baseUrl: string; gitUrl: string },
): Promise<Reached> {
  const isGitHub = new URL(baseUrl).host === 'api.github.com'
  const others = Object.entries(isGitHub ? hostsOfGitHub : {})
  const dates: string[] = []
  const api = await runCheck('API', () => reach(options, baseUrl, (date) => dates.push(date)))
  const rest = await Promise.all(
    [['git', `${gitUrl}/`] as const, ...others].map(([name, address]) =>
      runCheck(name, () => reach(options, address)),
    ),
  )
  const clock = dates.map((date) => clockAgainst(date, options.clock.now()))
  return { checks: [api, ...rest, ...clock], hasApi: api.status === 'ok' }
}

async function reach(options: NetworkOptions, address: string, onDate?: (date: string) => void) {
  const { host } = new URL(address)
  const begun = options.clock.now()
  const answer = await headersOf(options, address)
  if (answer === null) {
    return failed(
      `${host} did not answer within ${patience / 1000} s`,
      'check the network, a firewall, and the proxy settings',
    )
  }
  const { date } = answer.headers
  if (typeof date === 'string') onDate?.(date)
  if (answer.status < 500) return ok(`${host} answers in ${options.clock.now() - begun} ms`)
  return failed(
    `${host} answers ${answer.status}`,
    'try later; see https://www.githubstatus.com for GitHub itself',
  )
}

/** @returns null if the host stays silent */
async function headersOf(
  { dispatcher, signal, clock, userAgent }: NetworkOptions,
  address: string,
) {
  const silent = new AbortController()
  const unset = clock.after(patience, () => silent.abort())
  const either = AbortSignal.any([signal, silent.signal])
  try {
    const headers = { 'user-agent': userAgent }
    const answer = await request(dispatcher, address, { method: 'HEAD', headers, signal: either })
    await answer.body.dump()
    return answer
  } catch (error) {
    signal.throwIfAborted()
    if (silent.signal.aborted) return null
    throw error
  } finally {
    unset()
  }
}

/** Seconds. An App's key is valid for at most ten minutes, and not before its start. */
const tolerated = 60

function clockAgainst(date: string, now: number): Check {
  const seconds = Math.round((now - Date.parse(date)) / 1000)
  const name = 'clock'
  if (Number.isNaN(seconds)) return { name, ...ok('the server does not report its time') }
  if (Math.abs(seconds) <= tolerated) return { name, ...ok('in sync') }
  const how = seconds > 0 ? 'fast' : 'slow'
  const remedy = 'set it, for example with NTP: schedules, App credentials and TLS depend on it'
  return { name, ...warning(`${Math.abs(seconds)} s ${how}`, remedy) }
}

const remedy = 'set GITHUB_TOKEN, or log in with gh auth login'

/** Days before its end at which a token is worth a warning. */
const soon = 14

/** Whether there is a credential, what it lacks as far as GitHub says, and whether it ends soon. */
export function judgeAccount(status: AuthStatus, now: number) {
  const { authenticated, login, source, needs, host, expires_at: end } = status
  if (!authenticated) return warning('none: only public repositories are visible', remedy)
  const who = `${login ?? 'an app or a job'}, from ${source}`
  const lacking = needs.filter(({ ok: has }) => has === false)
  if (lacking.length > 0) {
    const words = lacking.map(({ noun, needs: what }) => `${noun} needs ${what}`).join('; ')
    return warning(`${who}: ${words}`, 'give the token these scopes, where you need them')
  }
  const days = daysLeft(end, now)
  if (days === null || days > soon) return ok(end === null ? who : `${who}; it expires ${end}`)
  const pages = host === 'api.github.com' ? 'https://github.com/settings/tokens' : 'its settings'
  return warning(`${who}: it expires ${end}`, `create a new one in time, at ${pages}`)
}

/** Requests: with fewer left a verb over several repositories may end in its middle. */
const few = 10

/** The limit that nearly all requests count against. */
export function judgeLimit({ authenticated, rate_limits }: AuthStatus, now: number) {
  const core = rate_limits.find(({ name }) => name === 'core')
  if (core === undefined) return ok('this server has none')
  const which = authenticated ? 'requests' : 'requests without a token'
  const detail = `${core.remaining} of ${core.limit} ${which} are left for ${formatSpan(Date.parse(core.resets_at) - now)}`
  if (core.remaining === 0)
    return failed(detail, authenticated ? 'wait until then' : `wait, or ${remedy}`)
  if (authenticated) return ok(detail)
  return core.remaining < few ? warning(detail, remedy) : ok(detail)
}
