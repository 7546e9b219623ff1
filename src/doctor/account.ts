import type { AuthStatus } from '../github/auth/status.js'
import { failed, ok, warning } from './check.js'

const remedy = 'set GITHUB_TOKEN, or log in with gh auth login'

/** Whether there is a credential, and what it lacks as far as GitHub tells. */
export function judgeAccount({ authenticated, login, source, needs }: AuthStatus) {
  if (!authenticated)
    return warning('there is none: public repositories are read all the same', remedy)
  const who = `${login ?? 'an app or a job'}, from ${source}`
  const lacking = needs.filter(({ ok: has }) => has === false)
  if (lacking.length === 0) return ok(who)
  const words = lacking.map(({ noun, needs: what }) => `${noun} needs ${what}`).join('; ')
  return warning(`${who}: ${words}`, 'give the token these scopes, where you need them')
}

/** The limit that nearly all requests count for. */
export function judgeLimit({ rate_limits }: AuthStatus) {
  const core = rate_limits.find(({ name }) => name === 'core')
  if (core === undefined) return ok('this server has none')
  const detail = `${core.remaining} of ${core.limit} requests are left until ${core.resets_at}`
  if (core.remaining > 0) return ok(detail)
  return failed(detail, core.limit <= 60 ? `wait, or ${remedy}` : 'wait until then')
}
