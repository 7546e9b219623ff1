import { listRefs } from '../git/bare.js'
import type { Repository } from '../model/repository.js'
import type { World } from '../model/world.js'

const working = new WeakMap<Repository, Promise<unknown>>()

/**
 * Does what may move refs of a repository, and sends each that has moved to its webhooks. One at a
 * time, so that each move is sent once.
 */
export async function watchRefs<T>(
  { hooks }: World,
  repository: Repository,
  act: () => Promise<T>,
): Promise<T> {
  if (!hooks.areWatching(repository)) return act()
  const done = (working.get(repository) ?? Promise.resolve()).then(async () => {
    const before = await oidsOf(repository)
    const result = await act()
    const after = await oidsOf(repository)
    for (const ref of new Set([...before.keys(), ...after.keys()])) {
      const change = { ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null }
      if (change.before !== change.after) hooks.pushed(repository, change)
    }
    return result
  })
  working.set(
    repository,
    done.catch(() => {}),
  )
  return done
}

async function oidsOf({ bare }: Repository): Promise<Map<string, string>> {
  const refs = [...(await listRefs(bare, 'refs/heads/')), ...(await listRefs(bare, 'refs/tags/'))]
  return new Map(refs.map(({ name, oid }) => [name, oid]))
}
