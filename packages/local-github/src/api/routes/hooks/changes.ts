import type { Hook, HookConfig, HookTarget } from '../../../model/hooks.js'
import { isRepository } from '../../../model/hooks.js'
import type { Call } from '../../call.js'
import { invalid } from '../../errors.js'

/** https://docs.github.com/rest/repos/webhooks#create-a-repository-webhook */
export async function createHook(call: Call, target: HookTarget): Promise<Hook> {
  const body = await call.body()
  const config = configOf(body.config)
  const events = textsOf(body.events) ?? ['push']
  const isTaken = target.hooks.some(
    (hook) => hook.config.url === config.url && hook.events.some((event) => events.includes(event)),
  )
  if (isTaken) {
    const kind = isRepository(target) ? 'repository' : 'organization'
    const message = `Hook already exists on this ${kind}`
    throw invalid({ resource: 'Hook', code: 'custom', message })
  }
  return call.world.hooks.add(target, { active: body.active !== false, events, config })
}

/**
 * A new `config` takes the place of the whole old one, and so drops the secret unless it is given
 * again. https://docs.github.com/rest/repos/webhooks#update-a-repository-webhook
 */
export async function updateHook(call: Call, hook: Hook): Promise<void> {
  const body = await call.body()
  const config = body.config === undefined ? hook.config : configOf(body.config)
  const removed = textsOf(body.remove_events) ?? []
  const kept = (textsOf(body.events) ?? hook.events).filter((event) => !removed.includes(event))
  const events = [...new Set([...kept, ...(textsOf(body.add_events) ?? [])])]
  const active = typeof body.active === 'boolean' ? body.active : hook.active
  Object.assign(hook, { config, events, active, updatedAt: call.world.now() })
}

/** Changes the given keys alone. https://docs.github.com/rest/repos/webhooks#update-a-webhook-configuration-for-a-repository */
export async function updateConfig(call: Call, hook: Hook): Promise<void> {
  const { url, contentType: content_type, secret, insecureSsl: insecure_ssl } = hook.config
  const old = { url, content_type, secret, insecure_ssl }
  hook.config = configOf({ ...old, ...(await call.body()) })
  hook.updatedAt = call.world.now()
}

function configOf(given: unknown): HookConfig {
  const { url, content_type, secret, insecure_ssl } = { ...(given as Record<string, unknown>) }
  if (typeof url !== 'string' || url === '') {
    throw invalid({ resource: 'Hook', code: 'missing_field', field: 'config.url' })
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw invalid({ resource: 'Hook', code: 'custom', message: 'url is not a valid URL' })
  }
  return {
    url,
    contentType: content_type === 'json' ? 'json' : 'form',
    secret: typeof secret === 'string' && secret !== '' ? secret : null,
    insecureSsl: `${insecure_ssl}` === '1' ? '1' : '0',
  }
}

const textsOf = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.map(String) : undefined
