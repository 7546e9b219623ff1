import { buildSchema } from 'graphql'

/** The parts of GitHub's schema that clients here ask for, with its names and nullability. */
export const schema = buildSchema(/* GraphQL */ `
  scalar DateTime
  scalar URI
  scalar GitObjectID

  type Query {
    viewer: User!
    rateLimit(dryRun: Boolean = false): RateLimit
    repositoryOwner(login: String!): RepositoryOwner
    repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  }

  type RateLimit {
    cost: Int!
    limit: Int!
    remaining: Int!
    used: Int!
    resetAt: DateTime!
  }

  interface RepositoryOwner {
    id: ID!
    login: String!
    url: URI!
  }

  type User implements RepositoryOwner {
    id: ID!
    databaseId: Int
    login: String!
    url: URI!
    name: String
  }

  type Organization implements RepositoryOwner {
    id: ID!
    databaseId: Int
    login: String!
    url: URI!
    name: String
  }

  type Repository {
    id: ID!
    databaseId: Int
    name: String!
    nameWithOwner: String!
    owner: RepositoryOwner!
    description: String
    isArchived: Boolean!
    isPrivate: Boolean!
    isFork: Boolean!
    isEmpty: Boolean!
    url: URI!
    pushedAt: DateTime
    stargazerCount: Int!
    defaultBranchRef: Ref
    ref(qualifiedName: String!): Ref
  }

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
  }

  type Tag implements GitObject {
    id: ID!
    oid: GitObjectID!
    abbreviatedOid: String!
    name: String!
    target: GitObject!
  }
`)
