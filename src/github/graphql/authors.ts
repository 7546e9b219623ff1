import { z } from 'zod'
import { GitHubError, GitHubNotFoundError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { Api } from '../rest/api.js'
import { askGraphql, isUnavailable } from './graphql.js'

/** Commits in one query. */
const largestBatch = 100

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
    for (let from = 0; from < oids.length; from += largestBatch) {
      for (const [email, login] of await ask(api, repo, oids.slice(from, from + largestBatch))) {
        logins.set(email, login)
      }
    }
  } catch (error) {
    if (!isUnavailable(error)) throw error
    // Where there is none, as on an old enterprise server, that is how it always is.
    if (!(error instanceof GitHubNotFoundError)) {
      api.warn(`GraphQL does not answer, so people stand by name: ${error.message}`)
    }
  }
  return logins
}

async function ask(api: Api, repo: Repo, oids: readonly string[]): Promise<[string, string][]> {
  const { data, errors } = await askGraphql(api, queryFor(repo, oids))
  if (data === null) {
    throw new GitHubError(errors[0]?.message ?? 'the query has no answer', { status: 200 })
  }
  // A commit that has not been pushed is null.
  const commits = Object.values(data.repository ?? {})
  return commits.flatMap((commit) => {
    const { success, data: found } = authorsAnswer.safeParse(commit)
    const nodes = (success && found.authors.nodes) || []
    return nodes.flatMap((node): [string, string][] =>
      node?.email && node.user ? [[node.email.toLowerCase(), node.user.login]] : [],
    )
  })
}

/** JSON's strings are GraphQL's, so that no name ends its literal. */
function queryFor({ owner, repo }: Repo, oids: readonly string[]): string {
  const fields = oids.map(
    (oid, index) =>
      `c${index}: object(oid: ${JSON.stringify(oid)}) { ... on Commit { authors(first: 10) { nodes { email user { login } } } } }`,
  )
  const [asOwner, asName] = [JSON.stringify(owner), JSON.stringify(repo)]
  return `query {\n  repository(owner: ${asOwner}, name: ${asName}) {\n    ${fields.join('\n    ')}\n  }\n}`
}
