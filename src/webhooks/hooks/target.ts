import { NotFoundError, UsageError } from '../../base/errors.js'
import { checkedOwner, checkedRepo } from '../../base/names/repository.js'
import { type HookData, type HookTarget, listHooks, nameOfTarget } from '../../github/rest/hooks.js'
import type { WebhookSession } from '../session.js'

/** `owner/repo`, or an organization. @throws UsageError */
export function parseHookTarget(text: string): HookTarget {
  const [owner = '', repo, ...more] = text.split('/')
  if (repo === undefined) return { org: checkedOwner(owner) }
  return checkedRepo(owner, [repo, ...more].join('/'))
}

/** A hook on GitHub whose deliveries are read. */
export interface ReadHook {
  target: HookTarget
  hookId: string
}

/**
 * The hook whose deliveries are read: the named one, the only one, or the one whose URL ends in
 * webhooks.yaml's path.
 *
 * @param named a hook's id
 * @throws NotFoundError without a hook; UsageError where several fit
 */
export async function findReadHook(
  { client, webhooks: { path } }: Pick<WebhookSession, 'client' | 'webhooks'>,
  name: string,
  named: string | undefined,
): Promise<ReadHook> {
  const target = parseHookTarget(name)
  if (named !== undefined) return { target, hookId: checkedId(named) }
  const hooks = await listHooks(client, target)
  const fitting = hooks.length === 1 ? hooks : hooks.filter((hook) => endsIn(hook, path))
  const [only, another] = fitting
  if (only !== undefined && another === undefined) return { target, hookId: only.id }
  if (hooks.length === 0) {
    throw new NotFoundError(`${nameOfTarget(target)} has no webhook`, {
      hint: [{ verb: ['WEBHOOK', 'SETUP'] }, ' creates one'],
    })
  }
  const list = hooks.map(({ id, config }) => `${id} (${config.url})`).join(', ')
  throw new UsageError(`${nameOfTarget(target)} has ${hooks.length} webhooks: ${list}`, {
    hint: ['name one with ', { flag: 'hook' }],
  })
}

const endsIn = ({ config: { url } }: HookData, path: string): boolean =>
  url != null && URL.canParse(url) && new URL(url).pathname.endsWith(path)

function checkedId(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text
  throw new UsageError(`not the id of a hook: ${text}`, {
    hint: 'expected a number, such as 292430182',
  })
}
