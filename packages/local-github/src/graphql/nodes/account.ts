import type { Account, Repository } from '../../model/repository.js'
import { orders } from '../../model/search.js'
import { connection, type PageArguments } from '../connection.js'
import type { GraphQLContext } from '../context.js'

export const accountNode = (account: Account) => ({
  __typename: account.type,
  id: account.nodeId,
  databaseId: account.id,
  login: account.login,
  name: account.login,
  url: (_arguments: unknown, { addresses }: GraphQLContext) => `${addresses.git}/${account.login}`,
  avatarUrl: (_arguments: unknown, { addresses }: GraphQLContext) =>
    `${addresses.git}/avatars/u/${account.id}`,
  repositories: (asked: RepositoriesArguments, context: GraphQLContext) => {
    const { world, viewer, repositoryNode } = context
    const seen = world.repositories(account).filter((item) => world.visible(item, viewer))
    const wanted = seen.filter((repository) => fits(repository, asked))
    return connection(sorted(wanted, asked).map(repositoryNode), asked)
  },
})

export interface RepositoriesArguments extends PageArguments {
  privacy?: 'PUBLIC' | 'PRIVATE' | null
  visibility?: 'PUBLIC' | 'PRIVATE' | 'INTERNAL' | null
  isFork?: boolean | null
  isArchived?: boolean | null
  orderBy?: { field: keyof typeof fields; direction: 'ASC' | 'DESC' } | null
}

function fits(repository: Repository, asked: RepositoriesArguments): boolean {
  const visibility = repository.private ? 'PRIVATE' : 'PUBLIC'
  const wanted: [unknown, unknown][] = [
    [asked.privacy, visibility],
    [asked.visibility, visibility],
    [asked.isFork, repository.fork],
    [asked.isArchived, repository.archived],
  ]
  return wanted.every(([value, own]) => value === undefined || value === null || value === own)
}

const fields = {
  CREATED_AT: 'created',
  UPDATED_AT: 'updated',
  PUSHED_AT: 'pushed',
  NAME: 'full_name',
  STARGAZERS: 'stars',
} as const

function sorted(repositories: Repository[], { orderBy }: RepositoriesArguments): Repository[] {
  if (!orderBy) return repositories
  const ascending = repositories.toSorted(orders[fields[orderBy.field]])
  return orderBy.direction === 'ASC' ? ascending : ascending.reverse()
}
