import { NotFoundError, UsageError } from '../../base/errors.js'
import { parseRemote } from '../../base/names/remote.js'
import { fullNameOf, isSameName, isSameRepo, parseRepo } from '../../base/names/repository.js'
import type { SourceEntry } from '../../config/files/repos.js'
import type { Invocation } from '../../invocation.js'
import type { SyncTarget } from '../../repos/targets/sync-target.js'
import { defineVerb } from '../verb.js'

export const remove = defineVerb({
  name: 'remove',
  summary: 'remove a repository from repos.yaml; its files stay',
  examples: [
    {
      command: 'wizard REPO REMOVE uDOS/micro',
      does: 'the clone stays; PRUNE moves it to the trash',
    },
  ],
  args: [{ name: 'target', summary: 'a repository that repos.yaml names by itself' }],
  flags: {},
  async run(invocation, [target = '']) {
    const { removeRepository } = await import('../../config/files/edit.js')
    try {
      return await removeRepository(await invocation.config(), target)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      throw (await broughtByFrom(invocation, target)) ?? error
    }
  },
  render: ({ repo, group, file }, invocation) =>
    invocation.globals.quiet
      ? { kind: 'nothing' }
      : { kind: 'lines', lines: [`${repo} removed from ${group} in ${file}; its files stay`] },
})

/** The error for a repository that comes from a `from:` entry; null if none lists it. */
async function broughtByFrom(invocation: Invocation, target: string): Promise<UsageError | null> {
  const entries = await (await invocation.config()).repos()
  if (entries.every(({ kind }) => kind === 'repository')) return null
  const found = await listed(invocation, target)
  const source = entries.find(
    (entry): entry is SourceEntry =>
      entry.kind === 'source' && entry.group === found?.group && entry.from === found.source,
  )
  if (found === undefined || source === undefined) return null
  const { from, exclude, position } = source
  const names = [...exclude, found.repo].map((name) => JSON.stringify(name)).join(', ')
  return new UsageError(
    `${fullNameOf(found)} has no entry of its own: it comes from "from: ${from}"`,
    {
      hint: `add this to the entry at ${position.file}:${position.line}: exclude: [${names}]`,
    },
  )
}

async function listed(invocation: Invocation, target: string): Promise<SyncTarget | undefined> {
  const named = parseRepo(target) ?? parseRemote(target)
  const isMeant = (one: SyncTarget) =>
    one.path === target ||
    isSameName(one.repo, target) ||
    (named !== null && isSameRepo(one, named))
  try {
    const sync = await invocation.repoSync()
    const { chosen } = await sync.wanted([target], invocation.call)
    return chosen.find(isMeant)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
