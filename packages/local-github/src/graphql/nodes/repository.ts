import { listRefs } from '../../git/bare.js'
import { latestRelease, type Release } from '../../model/releases.js'
import { fullName, type Repository } from '../../model/repository.js'
import { connection, type PageArguments } from '../connection.js'
import type { GraphQLContext } from '../context.js'
import { accountNode } from './account.js'
import { objectNode } from './commit.js'
import { refNode, toNode } from './ref.js'
import { releaseNode } from './release.js'

export function repositoryNode(repository: Repository) {
  const name = fullName(repository)
  const visibility = repository.private ? 'PRIVATE' : 'PUBLIC'
  return {
    __typename: 'Repository',
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: name,
    owner: () => accountNode(repository.owner),
    description: repository.description,
    url: (_arguments: unknown, { addresses }: GraphQLContext) => `${addresses.git}/${name}`,
    sshUrl: (_arguments: unknown, { addresses }: GraphQLContext) =>
      `git@${new URL(addresses.git).hostname}:${name}.git`,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt,
    visibility,
    isPrivate: repository.private,
    isArchived: repository.archived,
    archivedAt: repository.archived ? repository.updatedAt : null,
    isFork: repository.fork,
    isInOrganization: repository.owner.type === 'Organization',
    stargazerCount: repository.stars,
    primaryLanguage: languageNode(repository),
    ...unchanging,
    ...contentFields(repository),
    ...releaseFields(repository),
  }
}

/** Fields that are the same for every repository. */
const unchanging = {
  homepageUrl: '',
  viewerPermission: 'ADMIN',
  viewerCanAdminister: true,
  isDisabled: false,
  isMirror: false,
  isTemplate: false,
  hasDiscussionsEnabled: false,
  hasIssuesEnabled: true,
  hasProjectsEnabled: false,
  hasWikiEnabled: false,
  mergeCommitAllowed: true,
  rebaseMergeAllowed: true,
  squashMergeAllowed: true,
  deleteBranchOnMerge: false,
  diskUsage: 1,
  forkCount: 0,
  parent: null,
  licenseInfo: null,
}

const languageNode = ({ language }: Repository) =>
  language === null ? null : { id: `LA_${language}`, name: language, color: null }

function contentFields(repository: Repository) {
  const defaultBranchRef = () => refNode(repository, `refs/heads/${repository.defaultBranch}`)
  return {
    isEmpty: async () => (await defaultBranchRef()) === null,
    defaultBranchRef,
    ref: ({ qualifiedName }: { qualifiedName: string }) => refNode(repository, qualifiedName),
    object: (asked: { oid?: string | null; expression?: string | null }) =>
      objectNode(repository, asked),
    refs: async ({ refPrefix, query, ...page }: RefsArguments) => {
      const refs = await listRefs(repository.bare, refPrefix)
      const found = refs.filter(({ name }) => name.slice(refPrefix.length).includes(query ?? ''))
      return connection(
        found.map((ref) => toNode(repository, ref)),
        page,
      )
    },
    repositoryTopics: (page: PageArguments, { addresses }: GraphQLContext) => {
      const nodes = repository.topics.map((name) => ({
        id: `RT_${name}`,
        topic: { id: `T_${name}`, name },
        url: `${addresses.git}/topics/${name}`,
      }))
      return connection(nodes, page)
    },
  }
}

export interface RefsArguments extends PageArguments {
  refPrefix: string
  query?: string | null
}

function releaseFields(repository: Repository) {
  const node = (release: Release | undefined) => (release ? releaseNode(repository, release) : null)
  return {
    latestRelease: () => node(latestRelease(repository)),
    release: ({ tagName }: { tagName: string }) =>
      node(repository.releases.find(({ tag }) => tag === tagName)),
    releases: (page: PageArguments) => connection(repository.releases.map(node), page),
  }
}
