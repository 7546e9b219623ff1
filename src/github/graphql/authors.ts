import { z } from 'zod/mini'
import { GitHubNotFoundError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { Api } from '../rest/api.js'
import { askInBatches } from './batch.js'
import { isUnavailable } from './graphql.js'

/** The author of a commit, and its `Co-authored-by:` people. */
const authorsAnswer = z.object({
  authors: z.object({
    nodes: z.nullish(
      z.array(
        z.nullable(
          z.object({
            email: z.nullish(z.string()),
            user: z.nullish(z.object({ login: z.string() })),
          }),
        ),
      ),
    ),
  }),
})

/**
 * Finds logins by the addresses in commits, with one GraphQL query per 100 commits. If GraphQL is
 * not available, it warns by `api.warn` and finds nobody.
 * https://docs.github.com/en/graphql/reference/objects#commit
 *
 * @param oids one commit of each person
 * @returns by address, in lower case
 * @throws GitHubAuthError for a rejected token; GitHubRateLimitError; the signal's reason
 */
export async function loginsOf(
  api: Api,
  repo: Repo,
  oids: readonly string[],
): Promise<Map<string, string>> {
  const logins = new Map<string, string>()
  if (oids.length === 0 || !(await api.authenticated())) return logins
  try {
    await askInBatches(
      api,
      oids,
      { field: fieldOf, read: toLogins, parent: within(repo) },
      (some) => {
        for (const [email, login] of some.flat()) logins.set(email, login)
      },
    )
  } catch (error) {
    if (!isUnavailable(error)) throw error
    // An old enterprise server never has GraphQL, so that needs no warning.
    if (!(error instanceof GitHubNotFoundError)) {
      api.warn(`GraphQL does not answer, so people are listed by name: ${error.message}`)
    }
  }
  return logins
}

function within({ owner, repo }: Repo): { field: string; name: string } {
  const [asOwner, asName] = [JSON.stringify(owner), JSON.stringify(repo)]
  return { field: `repository(owner: ${asOwner}, name: ${asName})`, name: 'repository' }
}

const fieldOf = (oid: string) =>
  `object(oid: ${JSON.stringify(oid)}) { ... on Commit { authors(first: 10) { nodes { email user { login } } } } }`

/** A commit that is not pushed is null. */
function toLogins(_oid: string, commit: unknown): [string, string][] {
  const { success, data: found } = authorsAnswer.safeParse(commit)
  const nodes = (success && found.authors.nodes) || []
  return nodes.flatMap((node): [string, string][] =>
    node?.email && node.user ? [[node.email.toLowerCase(), node.user.login]] : [],
  )
}
