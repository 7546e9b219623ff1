import type { Account } from '../model/repository.js'

export type Resource = 'core' | 'search' | 'graphql'

const limits = {
  core: { known: 5000, anonymous: 60 },
  search: { known: 30, anonymous: 10 },
  graphql: { known: 5000, anonymous: 0 },
} satisfies Record<Resource, { known: number; anonymous: number }>

export interface Limit {
  limit: number
  used: number
  remaining: number
  /** Seconds since 1970. */
  reset: number
}

/** Counts and reports the calls that are left. It never refuses one; tests use a fault for that. */
export class Limits {
  readonly #used = new Map<string, number>()
  readonly #reset = Math.floor(Date.now() / 1000) + 3600

  spend(resource: Resource, viewer: Account | null): void {
    const key = this.#key(resource, viewer)
    this.#used.set(key, (this.#used.get(key) ?? 0) + 1)
  }

  read(resource: Resource, viewer: Account | null): Limit {
    const limit = limits[resource][viewer ? 'known' : 'anonymous']
    const used = Math.min(limit, this.#used.get(this.#key(resource, viewer)) ?? 0)
    return { limit, used, remaining: limit - used, reset: this.#reset }
  }

  headers(resource: Resource, viewer: Account | null): Record<string, string> {
    const { limit, used, remaining, reset } = this.read(resource, viewer)
    return {
      'x-ratelimit-limit': `${limit}`,
      'x-ratelimit-remaining': `${remaining}`,
      'x-ratelimit-used': `${used}`,
      'x-ratelimit-reset': `${reset}`,
      'x-ratelimit-resource': resource,
    }
  }

  #key(resource: Resource, viewer: Account | null): string {
    return `${resource} ${viewer?.login ?? ''}`
  }
}
