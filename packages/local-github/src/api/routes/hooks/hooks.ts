import { resolve } from '../../../git/bare.js'
import type { Hook } from '../../../model/hooks.js'
import type { Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { page } from '../../page.js'
import { noContent, type Route, route } from '../../route.js'
import { hookShape, repositoryHook } from '../../shapes/hook.js'
import { createHook, updateConfig, updateHook } from './changes.js'
import { hookOf, organizationOfHooks, repositoryOfHooks } from './hook-of.js'

const ofRepository = (call: Call) => hookOf(call, repositoryOfHooks(call))
const ofOrganization = (call: Call) => hookOf(call, organizationOfHooks(call))
const configShape = (call: Call, hook: Hook) => ({ data: hookShape(call.addresses, hook).config })

/** https://docs.github.com/rest/repos/webhooks */
export const repositoryHookRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/hooks', (call) => {
    const { items, headers } = page(call, repositoryOfHooks(call).hooks)
    return { data: items.map((hook) => repositoryHook(call.addresses, hook)), headers }
  }),
  route('POST /repos/{owner}/{repo}/hooks', async (call) => {
    const hook = await createHook(call, repositoryOfHooks(call))
    return { status: 201, data: repositoryHook(call.addresses, hook) }
  }),
  route('GET /repos/{owner}/{repo}/hooks/{hook_id}', (call) => ({
    data: repositoryHook(call.addresses, ofRepository(call)),
  })),
  route('PATCH /repos/{owner}/{repo}/hooks/{hook_id}', async (call) => {
    const hook = ofRepository(call)
    await updateHook(call, hook)
    return { data: repositoryHook(call.addresses, hook) }
  }),
  route('DELETE /repos/{owner}/{repo}/hooks/{hook_id}', (call) => remove(ofRepository(call))),
  route('GET /repos/{owner}/{repo}/hooks/{hook_id}/config', (call) =>
    configShape(call, ofRepository(call)),
  ),
  route('PATCH /repos/{owner}/{repo}/hooks/{hook_id}/config', async (call) => {
    const hook = ofRepository(call)
    await updateConfig(call, hook)
    return configShape(call, hook)
  }),
  route('POST /repos/{owner}/{repo}/hooks/{hook_id}/pings', (call) =>
    ping(call, ofRepository(call)),
  ),
  route('POST /repos/{owner}/{repo}/hooks/{hook_id}/tests', async (call) => {
    const hook = ofRepository(call)
    await testPush(call, hook, call.repository())
    return noContent()
  }),
]

/** https://docs.github.com/rest/orgs/webhooks */
export const organizationHookRoutes: Route[] = [
  route('GET /orgs/{org}/hooks', (call) => {
    const { items, headers } = page(call, organizationOfHooks(call).hooks)
    return { data: items.map((hook) => hookShape(call.addresses, hook)), headers }
  }),
  route('POST /orgs/{org}/hooks', async (call) => {
    const hook = await createHook(call, organizationOfHooks(call))
    return { status: 201, data: hookShape(call.addresses, hook) }
  }),
  route('GET /orgs/{org}/hooks/{hook_id}', (call) => ({
    data: hookShape(call.addresses, ofOrganization(call)),
  })),
  route('PATCH /orgs/{org}/hooks/{hook_id}', async (call) => {
    const hook = ofOrganization(call)
    await updateHook(call, hook)
    return { data: hookShape(call.addresses, hook) }
  }),
  route('DELETE /orgs/{org}/hooks/{hook_id}', (call) => remove(ofOrganization(call))),
  route('GET /orgs/{org}/hooks/{hook_id}/config', (call) =>
    configShape(call, ofOrganization(call)),
  ),
  route('PATCH /orgs/{org}/hooks/{hook_id}/config', async (call) => {
    const hook = ofOrganization(call)
    await updateConfig(call, hook)
    return configShape(call, hook)
  }),
  route('POST /orgs/{org}/hooks/{hook_id}/pings', (call) => ping(call, ofOrganization(call))),
]

function remove(hook: Hook) {
  const { hooks } = hook.target
  hooks.splice(hooks.indexOf(hook), 1)
  return noContent()
}

function ping({ world }: Call, hook: Hook) {
  world.hooks.ping(hook)
  return noContent()
}

async function testPush({ world }: Call, hook: Hook, repository: Repository): Promise<void> {
  const ref = `refs/heads/${repository.defaultBranch}`
  const after = await resolve(repository.bare, ref)
  const before = await resolve(repository.bare, `${ref}^`)
  if (after !== null) world.hooks.test(hook, repository, { ref, before, after })
}
