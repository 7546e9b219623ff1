import { resolveCommit } from '../../git/read.js'
import { latestRelease, type Release } from '../../model/releases.js'
import { fullName, type Repository } from '../../model/repository.js'
import type { GraphQLContext } from '../context.js'
import { accountNode } from './account.js'
import { commitNode } from './commit.js'

export const releaseNode = (repository: Repository, release: Release) => ({
  __typename: 'Release',
  id: release.nodeId,
  databaseId: release.id,
  name: release.name,
  description: release.body,
  tagName: release.tag,
  url: (_arguments: unknown, { addresses }: GraphQLContext) =>
    `${addresses.git}/${fullName(repository)}/releases/tag/${release.tag}`,
  isDraft: release.draft,
  isLatest: latestRelease(repository) === release,
  isPrerelease: release.prerelease,
  createdAt: release.createdAt,
  publishedAt: release.publishedAt,
  updatedAt: release.updatedAt,
  author: accountNode(release.author),
  tagCommit: async () => {
    const oid = await resolveCommit(repository.bare, `refs/tags/${release.tag}`)
    return oid === null ? null : commitNode(repository, oid)
  },
})
