import type { Addresses } from '../addresses.js'
import type { Limits } from '../api/limits.js'
import type { Account, Repository } from '../model/repository.js'
import type { World } from '../model/world.js'

export interface GraphQLContext {
  world: World
  viewer: Account
  addresses: Addresses
  limits: Limits
  /** How many repositories the query may still have: see `LocalGitHubOptions.graphqlLimit`. */
  budget: { left: number }
  /** A callback, because repositories lead to accounts and accounts back to repositories. */
  repositoryNode: (repository: Repository) => unknown
}

/** An error of a field, with the `type` that GitHub adds to its message. */
export class FieldFailure extends Error {
  override readonly name = 'FieldFailure'
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}
