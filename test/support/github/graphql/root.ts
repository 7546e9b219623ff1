import type { Repository } from '../model/types.js'
import type { World } from '../model/world.js'
import { FieldFailure, type GraphQLContext } from './context.js'
import { accountNode } from './nodes/account.js'
import { repositoryNode } from './nodes/repository.js'

/** The resolvers of `Query`. */
export const root = {
  viewer: (_arguments: unknown, { viewer }: GraphQLContext) => accountNode(viewer),

  rateLimit: () => ({
    cost: 1,
    limit: 5000,
    remaining: 4999,
    used: 1,
    resetAt: new Date(Date.now() + 3_600_000).toISOString(),
  }),

  repositoryOwner({ login }: { login: string }, { world }: GraphQLContext) {
    const account = world.account(login)
    return account ? accountNode(account) : null
  },

  repository({ owner, name, followRenames }: RepositoryArguments, { world }: GraphQLContext) {
    const asked = `${owner}/${name}`
    const repository = find(world, asked, followRenames)
    if (repository) return repositoryNode(repository)
    const message = `Could not resolve to a Repository with the name '${asked}'.`
    throw new FieldFailure('NOT_FOUND', message)
  },
}

interface RepositoryArguments {
  owner: string
  name: string
  followRenames: boolean
}

const find = (world: World, name: string, followRenames: boolean): Repository | undefined =>
  world.repository(name) ?? (followRenames ? world.renamedFrom(name) : undefined)
