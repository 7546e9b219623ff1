import type { Account } from '../model/repository.js'
import { searchRepositories } from '../model/search.js'
import { connection, type PageArguments } from './connection.js'
import { FieldFailure, type GraphQLContext } from './context.js'
import { accountNode } from './nodes/account.js'
import { repositoryNode } from './nodes/repository.js'

/** The resolvers of `Query`. */
export const root = {
  viewer: (_arguments: unknown, { viewer }: GraphQLContext) => accountNode(viewer),

  rateLimit: (_arguments: unknown, { limits, viewer }: GraphQLContext) => {
    const { reset, ...limit } = limits.read('graphql', viewer)
    return { cost: 1, nodeCount: 0, ...limit, resetAt: new Date(reset * 1000).toISOString() }
  },

  repositoryOwner({ login }: { login: string }, { world }: GraphQLContext) {
    const account = world.account(login)
    return account ? accountNode(account) : null
  },

  organization: ({ login }: { login: string }, context: GraphQLContext) =>
    typedAccount(context, 'Organization', login),

  user: ({ login }: { login: string }, context: GraphQLContext) =>
    typedAccount(context, 'User', login),

  repository({ owner, name, followRenames }: RepositoryArguments, context: GraphQLContext) {
    const { world, viewer, budget } = context
    if (budget.left-- <= 0) {
      throw new FieldFailure('RESOURCE_LIMITS_EXCEEDED', 'Resource limits for this query exceeded.')
    }
    const asked = `${owner}/${name}`
    const repository =
      world.repository(asked) ?? (followRenames ? world.renamedFrom(asked) : undefined)
    if (repository && world.visible(repository, viewer)) return repositoryNode(repository)
    const message = `Could not resolve to a Repository with the name '${asked}'.`
    throw new FieldFailure('NOT_FOUND', message)
  },

  search({ query, type, ...page }: SearchArguments, { world, viewer }: GraphQLContext) {
    const found = type === 'REPOSITORY' ? searchRepositories(world, viewer, { query }) : []
    return connection(found.map(repositoryNode), page)
  },
}

interface RepositoryArguments {
  owner: string
  name: string
  followRenames: boolean
}

interface SearchArguments extends PageArguments {
  query: string
  type: string
}

function typedAccount({ world }: GraphQLContext, type: Account['type'], login: string) {
  const account = world.account(login)
  if (account?.type === type) return accountNode(account)
  const message = `Could not resolve to ${type === 'User' ? 'a User' : 'an Organization'} with the login of '${login}'.`
  throw new FieldFailure('NOT_FOUND', message)
}
