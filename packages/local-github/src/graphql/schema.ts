import { buildSchema } from 'graphql'

const connection = (node: string) => `
  type ${node}Connection {
    nodes: [${node}]
    edges: [${node}Edge]
    totalCount: Int!
    pageInfo: PageInfo!
  }

  type ${node}Edge {
    node: ${node}
    cursor: String!
  }`

const page = 'first: Int, after: String, last: Int, before: String'

const basics = `
  scalar DateTime
  scalar URI
  scalar GitObjectID

  enum OrderDirection { ASC DESC }

  type PageInfo {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  type RateLimit {
    cost: Int!
    limit: Int!
    remaining: Int!
    used: Int!
    nodeCount: Int!
    resetAt: DateTime!
  }`

const query = `
  type Query {
    viewer: User!
    rateLimit(dryRun: Boolean = false): RateLimit
    repositoryOwner(login: String!): RepositoryOwner
    organization(login: String!): Organization
    user(login: String!): User
    repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
    search(query: String!, type: SearchType!, ${page}): SearchResultItemConnection!
  }

  enum SearchType { REPOSITORY ISSUE USER DISCUSSION }
  union SearchResultItem = Repository

  type SearchResultItemConnection {
    nodes: [SearchResultItem]
    edges: [SearchResultItemEdge]
    repositoryCount: Int!
    pageInfo: PageInfo!
  }

  type SearchResultItemEdge {
    node: SearchResultItem
    cursor: String!
  }`

const ownerFields = `
    id: ID!
    login: String!
    url: URI!
    avatarUrl(size: Int): URI!
    repositories(
      ${page}, privacy: RepositoryPrivacy, visibility: RepositoryVisibility, isFork: Boolean,
      isArchived: Boolean, affiliations: [RepositoryAffiliation],
      ownerAffiliations: [RepositoryAffiliation], orderBy: RepositoryOrder
    ): RepositoryConnection!`

const owners = `
  enum RepositoryPrivacy { PUBLIC PRIVATE }
  enum RepositoryVisibility { PUBLIC PRIVATE INTERNAL }
  enum RepositoryAffiliation { OWNER COLLABORATOR ORGANIZATION_MEMBER }
  enum RepositoryOrderField { CREATED_AT UPDATED_AT PUSHED_AT NAME STARGAZERS }
  input RepositoryOrder { field: RepositoryOrderField!, direction: OrderDirection! }

  interface RepositoryOwner {${ownerFields}
  }

  type User implements RepositoryOwner {${ownerFields}
    databaseId: Int
    name: String
  }

  type Organization implements RepositoryOwner {${ownerFields}
    databaseId: Int
    name: String
  }`

const repository = `
  enum RepositoryPermission { ADMIN MAINTAIN WRITE TRIAGE READ }

  type Repository {
    id: ID!
    databaseId: Int
    name: String!
    nameWithOwner: String!
    owner: RepositoryOwner!
    description: String
    homepageUrl: URI
    url: URI!
    sshUrl: String!
    createdAt: DateTime!
    updatedAt: DateTime!
    pushedAt: DateTime
    archivedAt: DateTime
    visibility: RepositoryVisibility!
    viewerPermission: RepositoryPermission
    viewerCanAdminister: Boolean!
    isArchived: Boolean!
    isDisabled: Boolean!
    isEmpty: Boolean!
    isFork: Boolean!
    isInOrganization: Boolean!
    isMirror: Boolean!
    isPrivate: Boolean!
    isTemplate: Boolean!
    hasDiscussionsEnabled: Boolean!
    hasIssuesEnabled: Boolean!
    hasProjectsEnabled: Boolean!
    hasWikiEnabled: Boolean!
    mergeCommitAllowed: Boolean!
    rebaseMergeAllowed: Boolean!
    squashMergeAllowed: Boolean!
    deleteBranchOnMerge: Boolean!
    diskUsage: Int
    forkCount: Int!
    stargazerCount: Int!
    parent: Repository
    licenseInfo: License
    primaryLanguage: Language
    repositoryTopics(${page}): RepositoryTopicConnection!
    defaultBranchRef: Ref
    ref(qualifiedName: String!): Ref
    object(oid: GitObjectID, expression: String): GitObject
    refs(refPrefix: String!, query: String, ${page}, orderBy: RefOrder): RefConnection
    latestRelease: Release
    release(tagName: String!): Release
    releases(${page}, orderBy: ReleaseOrder): ReleaseConnection!
  }

  type License { key: String!, name: String!, nickname: String, spdxId: String }
  type Language { id: ID!, name: String!, color: String }
  type Topic { id: ID!, name: String! }
  type RepositoryTopic { id: ID!, topic: Topic!, url: URI! }`

const git = `
  enum RefOrderField { TAG_COMMIT_DATE ALPHABETICAL }
  input RefOrder { field: RefOrderField!, direction: OrderDirection! }

  type Ref {
    id: ID!
    name: String!
    prefix: String!
    target: GitObject
  }

  interface GitObject {
    id: ID!
    oid: GitObjectID!
    abbreviatedOid: String!
  }

  type Commit implements GitObject {
    id: ID!
    oid: GitObjectID!
    abbreviatedOid: String!
    message: String!
    author: GitActor
    authors(${page}): GitActorConnection!
    committer: GitActor
  }

  type Blob implements GitObject {
    id: ID!
    oid: GitObjectID!
    abbreviatedOid: String!
    byteSize: Int!
    isBinary: Boolean
    isTruncated: Boolean!
    text: String
  }

  type GitActor {
    name: String
    email: String
    date: String
    user: User
  }

  type Tag implements GitObject {
    id: ID!
    oid: GitObjectID!
    abbreviatedOid: String!
    name: String!
    target: GitObject!
  }`

const releases = `
  enum ReleaseOrderField { CREATED_AT NAME }
  input ReleaseOrder { field: ReleaseOrderField!, direction: OrderDirection! }

  type Release {
    id: ID!
    databaseId: Int
    name: String
    description: String
    tagName: String!
    url: URI!
    isDraft: Boolean!
    isLatest: Boolean!
    isPrerelease: Boolean!
    createdAt: DateTime!
    publishedAt: DateTime
    updatedAt: DateTime!
    author: User
    tagCommit: Commit
  }`

/** The parts of GitHub's schema that clients use here, with its names and nullability. */
export const schema = buildSchema(
  [
    basics,
    query,
    owners,
    repository,
    git,
    releases,
    ...['Repository', 'RepositoryTopic', 'Ref', 'Release', 'GitActor'].map(connection),
  ].join('\n'),
)
