import type { Hook, HookTarget } from '../../../model/hooks.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'

const accepted = {
  repository: 'admin:repo_hook, public_repo, read:repo_hook, repo, write:repo_hook',
  organization: 'admin:org_hook',
}

/** @throws ApiError 404 also for a token without the scope, which the headers name */
export function repositoryOfHooks(call: Call) {
  const repository = call.repository()
  requireScope(call, accepted.repository)
  return repository
}

/** @throws ApiError 404 as `repositoryOfHooks` */
export function organizationOfHooks(call: Call) {
  const account = call.world.account(call.parameter('org'))
  if (account?.type !== 'Organization') throw notFound()
  requireScope(call, accepted.organization)
  return account
}

/** The hook in the path. @throws ApiError 404 */
export function hookOf(call: Call, { hooks }: HookTarget): Hook {
  const id = call.id('hook_id')
  const hook = hooks.find((one) => one.id === id)
  if (hook === undefined) throw notFound()
  return hook
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
function requireScope({ world, viewer }: Call, scopes: string): void {
  const has = world.scopes.split(', ')
  if (viewer !== null && scopes.split(', ').some((one) => has.includes(one))) return
  throw new ApiError(404, 'Not Found', { headers: { 'x-accepted-oauth-scopes': scopes } })
}
