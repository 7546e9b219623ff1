import { z } from 'zod'
import { GitHubNotFoundError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { Api } from '../rest/api.js'
import { askInBatches } from './batch.js'
import { isUnavailable } from './graphql.js'

/** Who made a commit, and those named in its `Co-authored-by:` lines. */
const authorsAnswer = z.object({
  authors: z.object({
    nodes: z
      .array(
        z
          .object({ email: z.string().nullish(), user: z.object({ login: z.string() }).nullish() })
          .nullable(),
      )
      .nullish(),
  }),
})

/**
 * The logins of people by the addresses in their commits, in one GraphQL query per 100 commits. Where GraphQL can't be
 * asked that is told by `api.warn`, and nobody is known.
 * https://docs.github.com/en/graphql/reference/objects#commit
 *
 * @param oids one commit of each person
 * @returns by address, in lower case
 * @throws GitHubAuthError for a token that is not accepted; GitHubRateLimitError; the signal's reason
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
    // Where there is none, as on an old enterprise server, that is how it always is.
    if (!(error instanceof GitHubNotFoundError)) {
      api.warn(`GraphQL does not answer, so people stand by name: ${error.message}`)
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

/** A commit that has not been pushed is null. */
function toLogins(_oid: string, commit: unknown): [string, string][] {
  const { success, data: found } = authorsAnswer.safeParse(commit)
  const nodes = (success && found.authors.nodes) || []
  return nodes.flatMap((node): [string, string][] =>
    node?.email && node.user ? [[node.email.toLowerCase(), node.user.login]] : [],
  )
}
