import { z } from 'zod/mini'
import { GitHubNotFoundError } from '../../base/errors.js'
import type { Api } from '../rest/api.js'
import { askInBatches } from './batch.js'
import { isUnavailable } from './graphql.js'

/** A repository whose head is wanted; `branch` undefined: its default branch. */
export interface WantedHead {
  owner: string
  repo: string
  branch?: string | undefined
}

/** GitHub's data of a repository and one of its branches. */
export interface RepositoryHead {
  id: number
  /** `owner/repo` by its current name, which differs from the requested one after a rename. */
  fullName: string
  archived: boolean
  /** null in an empty repository. */
  defaultBranch: string | null
  /** The requested branch or the default branch; empty in an empty repository. */
  branch: string
  /** null if there is no such branch. */
  oid: string | null
}

/**
 * Reads the heads of many branches, with one GraphQL query per 100 repositories, one after another.
 * null: unknown, so the git protocol must be asked (no access, no GraphQL, no token, or a failure
 * that `api.warn` reports).
 * https://docs.github.com/en/graphql/reference/objects#repository
 *
 * @returns in the order of `wanted`
 * @throws GitHubAuthError for a rejected token; GitHubRateLimitError; the signal's reason
 */
export async function headsOf(
  api: Api,
  wanted: readonly WantedHead[],
): Promise<(RepositoryHead | null)[]> {
  if (wanted.length === 0 || !(await api.authenticated())) return wanted.map(() => null)
  const heads: (RepositoryHead | null)[] = []
  try {
    const batch = { field: fieldOf, read: toHead }
    await askInBatches(api, wanted, batch, (answers) => heads.push(...answers))
  } catch (error) {
    if (!isUnavailable(error)) throw error
    // An old enterprise server never has GraphQL, so that needs no warning.
    if (!(error instanceof GitHubNotFoundError)) {
      api.warn(
        `GraphQL does not answer, so wizard asks for each repository by git: ${error.message}`,
      )
    }
  }
  return wanted.map((_one, index) => heads[index] ?? null)
}

const ref = z.nullable(z.object({ name: z.string(), target: z.object({ oid: z.string() }) }))
const headAnswer = z.object({
  databaseId: z.number(),
  nameWithOwner: z.string(),
  isArchived: z.boolean(),
  defaultBranchRef: ref,
  ref: z.optional(ref),
})

const refFields = '{ name target { oid } }'

/** Few fields, because a query asks for 100 of them. */
function fieldOf({ owner, repo, branch }: WantedHead): string {
  const [asOwner, asName] = [JSON.stringify(owner), JSON.stringify(repo)]
  const asked =
    branch === undefined
      ? ''
      : ` ref(qualifiedName: ${JSON.stringify(`refs/heads/${branch}`)}) ${refFields}`
  return `repository(owner: ${asOwner}, name: ${asName}) { databaseId nameWithOwner isArchived defaultBranchRef ${refFields}${asked} }`
}

/** null for an incomplete answer. */
function toHead({ branch }: WantedHead, answer: unknown): RepositoryHead | null {
  const parsed = headAnswer.safeParse(answer)
  if (!parsed.success) return null
  const { databaseId, nameWithOwner, isArchived, defaultBranchRef, ref: asked } = parsed.data
  const head = branch === undefined ? defaultBranchRef : asked
  if (head === undefined) return null
  return {
    id: databaseId,
    fullName: nameWithOwner,
    archived: isArchived,
    defaultBranch: defaultBranchRef?.name ?? null,
    branch: branch ?? head?.name ?? '',
    oid: head?.target.oid ?? null,
  }
}
