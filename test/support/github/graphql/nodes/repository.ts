import { fullName, type Repository } from '../../model/types.js'
import type { GraphQLContext } from '../context.js'
import { accountNode } from './account.js'
import { refNode } from './ref.js'

export function repositoryNode(repository: Repository) {
  const defaultBranchRef = () => refNode(repository, `refs/heads/${repository.defaultBranch}`)
  return {
    __typename: 'Repository',
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    owner: accountNode(repository.owner),
    description: repository.description,
    isArchived: repository.archived,
    isPrivate: repository.private,
    isFork: repository.fork,
    isEmpty: async () => (await defaultBranchRef()) === null,
    url: (_arguments: unknown, { addresses }: GraphQLContext) =>
      `${addresses.git}/${fullName(repository)}`,
    pushedAt: repository.pushedAt,
    stargazerCount: repository.stars,
    defaultBranchRef,
    ref: ({ qualifiedName }: { qualifiedName: string }) => refNode(repository, qualifiedName),
  }
}
