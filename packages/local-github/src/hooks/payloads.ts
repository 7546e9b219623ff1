import type { Addresses } from '../addresses.js'
import { simpleUser } from '../api/shapes/account.js'
import { listedRepository } from '../api/shapes/repository.js'
import { changesOf, log, resolveCommit } from '../git/read.js'
import type { HookPayload } from '../model/hooks.js'
import { fullName, type Repository } from '../model/repository.js'
import type { World } from '../model/world.js'

export interface PayloadPlace {
  world: World
  addresses: Addresses
}

/** A ref of a repository that has moved. */
export interface RefChange {
  ref: string
  /** null: it is new. */
  before: string | null
  /** null: it is deleted. */
  after: string | null
}

export interface HookEvent {
  event: string
  payload: HookPayload
}

/** What every payload says: who did it, and where. */
export function commonPayload({ world, addresses }: PayloadPlace, repository: Repository) {
  const { owner } = repository
  const { login, id, node_id, url, repos_url, events_url, avatar_url } = simpleUser(
    addresses,
    owner,
  )
  return {
    repository: listedRepository(addresses, repository, null),
    ...(owner.type === 'Organization' && {
      organization: { login, id, node_id, url, repos_url, events_url, avatar_url },
    }),
    sender: simpleUser(addresses, world.viewer),
  }
}

/**
 * The events of a push to one ref, in GitHub's order: `create` or `delete`, and `push`.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
 */
export async function pushEvents(
  place: PayloadPlace,
  repository: Repository,
  change: RefChange,
): Promise<HookEvent[]> {
  const push = { event: 'push', payload: await pushPayload(place, repository, change) }
  if (change.before !== null && change.after !== null) return [push]
  const [, kind, name] = /^refs\/(heads|tags)\/(.*)$/.exec(change.ref) ?? []
  if (name === undefined) return [push]
  const event = change.after === null ? 'delete' : 'create'
  const payload = {
    ref: name,
    ref_type: kind === 'tags' ? 'tag' : 'branch',
    ...(event === 'create' && {
      master_branch: repository.defaultBranch,
      description: repository.description,
    }),
    pusher_type: 'user',
    ...commonPayload(place, repository),
  }
  return [{ event, payload }, push]
}

const zeros = '0'.repeat(40)
/** GitHub names at most so many commits. */
const mostCommits = 2048

async function pushPayload(
  place: PayloadPlace,
  repository: Repository,
  { ref, before, after }: RefChange,
): Promise<HookPayload> {
  const { bare } = repository
  const commit = after === null ? null : await resolveCommit(bare, after)
  const isTag = ref.startsWith('refs/tags/')
  const range = before === null ? `${commit}` : `${before}..${commit}`
  const limit = before === null ? 1 : mostCommits
  const found = commit === null || isTag ? [] : await log(bare, { revision: range, limit })
  const commits = await Promise.all(
    found.reverse().map(({ oid }) => commitOf(place, repository, oid)),
  )
  const { login, id } = place.world.viewer
  return {
    ref,
    before: before ?? zeros,
    after: after ?? zeros,
    pusher: { name: login, email: `${id}+${login}@users.noreply.github.com` },
    ...commonPayload(place, repository),
    created: before === null,
    deleted: after === null,
    forced: false,
    base_ref: null,
    compare: `${place.addresses.git}/${fullName(repository)}/compare/${before ?? zeros}...${after ?? zeros}`,
    commits,
    head_commit: commit === null ? null : await commitOf(place, repository, commit),
  }
}

async function commitOf({ world, addresses }: PayloadPlace, repository: Repository, oid: string) {
  const [commit] = await log(repository.bare, { revision: oid, limit: 1 })
  const changes = await changesOf(repository.bare, oid)
  const paths = (...statuses: string[]) =>
    changes.filter(({ status }) => statuses.includes(status)).map(({ path }) => path)
  const person = (given: { name: string; email: string } | undefined) => ({
    ...{ name: given?.name, email: given?.email },
    ...(given && { username: world.accountByEmail(given.email)?.login }),
  })
  return {
    id: oid,
    tree_id: commit?.tree,
    distinct: true,
    message: commit?.message,
    timestamp: commit?.committer.date,
    url: `${addresses.git}/${fullName(repository)}/commit/${oid}`,
    author: person(commit?.author),
    committer: person(commit?.committer),
    added: paths('added'),
    removed: paths('removed'),
    modified: paths('modified', 'changed'),
  }
}
