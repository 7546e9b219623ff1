import { GitHubNetworkError } from '../../base/errors.js'
import { parseRepo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { SourceEntry } from '../../config/files/repos.js'
import { nameMatcher } from '../../config/names/matches-name.js'
import type { Api } from '../../github/rest/api.js'
import { listRepositories, type RepositoryData } from '../../github/rest/repositories.js'

/** The filters of a `from:` entry of repos.yaml. */
export type SourceFilters = Pick<
  SourceEntry,
  'match' | 'exclude' | 'topics' | 'visibility' | 'archived' | 'forks'
>

/** A repository that a `from:` entry selects. */
export interface Listed {
  /** null if unknown. */
  id: number | null
  owner: string
  repo: string
  /** Why it is skipped: it is archived, and the entry excludes archived ones. */
  skip?: 'archived' | undefined
}

/**
 * Every repository of an organization or user that passes the filters, by name. Returns the
 * complete list or throws, because a missing repository may count as no longer wanted.
 *
 * @throws GitHubNotFoundError if there is no such account, and the errors of any request
 */
export async function listSource(
  api: Api,
  { from, ...filters }: SourceFilters & { from: string },
): Promise<Listed[]> {
  const passes = matcher(filters)
  return (await listRepositories(api, from))
    .filter((repository) => passes(repository))
    .map((repository) => ({
      ...ownerAndName(repository),
      ...(repository.archived && filters.archived === false ? { skip: 'archived' as const } : {}),
    }))
}

function matcher(filters: SourceFilters): (repository: RepositoryData) => boolean {
  const passesName = nameMatcher(filters)
  const topics = new Set(filters.topics.map((topic) => topic.toLowerCase()))
  return ({ name, topics: own, visibility, archived, fork }) =>
    passesName(name) &&
    (topics.size === 0 || own.some((topic) => topics.has(topic.toLowerCase()))) &&
    (filters.visibility === undefined || filters.visibility === visibility) &&
    (filters.archived !== true || archived) &&
    (filters.forks === undefined || filters.forks === fork)
}

/** The name becomes a folder, so a server's answer must be a valid name. */
function ownerAndName({ id, full_name: fullName }: RepositoryData): Listed {
  const repo = parseRepo(fullName)
  if (repo) return { id, ...repo }
  throw new GitHubNetworkError(
    `the server lists a repository with an invalid name: ${oneLine(fullName, 100)}`,
  )
}
