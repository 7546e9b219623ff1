import { UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { PluginTarget } from '../../plugins/plugin-registry.js'
import { splitTarget } from '../tagged.js'
import { findComponent, repositoryTarget } from '../targets.js'
import type { ArgumentSpec } from '../verb.js'

export const pluginArgument: ArgumentSpec = {
  name: 'plugin[@tag]',
  summary: "owner/repo, a plugin's id or a component, with @tag or @version",
}

export const idArgument: ArgumentSpec = { name: 'name', summary: 'the id of an installed plugin' }

/**
 * `owner/repo`, its address, a component's name, or a plugin's id, each with an optional `@tag` or `@version`.
 *
 * @throws UsageError for what names none
 */
export async function pluginTarget(invocation: Invocation, text: string): Promise<PluginTarget> {
  const { name, named } = splitTarget(text)
  const component = findComponent(await (await invocation.config()).components(), name)
  if (component !== undefined) {
    const { owner, repo, tag: template } = component
    return { owner, repo, named, template }
  }
  if (/[/:]/.test(name))
    return { ...(await repositoryTarget(invocation, name)), named, template: null }
  if (name !== '') return { name, named }
  throw new UsageError(`${text || 'nothing'} names no plugin`, {
    hint: 'write owner/repo or the id of a plugin; wizard PLUGIN SEARCH lists them',
  })
}

/** The id as it is written in the lock, whatever its case. */
export async function installedId(invocation: Invocation, text: string): Promise<string> {
  const [{ readLock }, { pathsOf }] = await Promise.all([
    import('../../plugins/store/lock-file.js'),
    import('../../plugins/store/paths.js'),
  ])
  const { root } = await invocation.config()
  const ids = [...readLock(pathsOf(root).lockFile).entries]
  const isSame = (one: string) => one.toLowerCase() === text.toLowerCase()
  const exact = ids.find(([id]) => id === text)
  const found = exact ?? ids.find(([id, { repo }]) => isSame(id) || isSame(repo))
  return found?.[0] ?? text
}
