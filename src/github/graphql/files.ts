import pLimit from 'p-limit'
import { z } from 'zod/mini'
import { GitHubNotFoundError, PathError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { Api } from '../rest/api.js'
import { getFileContent } from '../rest/contents.js'
import { getLatestRelease } from '../rest/releases.js'
import { tagCommit } from '../rest/tags.js'
import { askInBatches } from './batch.js'
import { isUnavailable } from './graphql.js'

/** The requested files of one repository, at the head of its default branch. */
export interface RepositoryFiles {
  /** GitHub's id, which a renamed repository keeps; null: not asked. */
  id: number | null
  /** The current name, which differs from the requested one after a rename. */
  owner: string
  repo: string
  archived: boolean
  /** The text of each requested path; null: there is no such file. */
  texts: (string | null)[]
  /** GitHub's latest release; `commit` null: its tag leads to none. */
  latest: { tag: string; commit: string | null } | null
}

/** The most requests at once. */
const atOnce = 8

/**
 * Reads small text files of many repositories, and their latest releases, with one GraphQL query
 * per 100 repositories; falls back to REST.
 * https://docs.github.com/en/graphql/reference/objects#repository
 *
 * @returns in the order of `wanted`; null: the repository does not exist, or is not visible
 * @throws GitHubAuthError, GitHubRateLimitError, GitHubNetworkError
 */
export async function filesOf(
  api: Api,
  wanted: readonly Repo[],
  paths: readonly string[],
): Promise<(RepositoryFiles | null)[]> {
  const answers: Answer[] = []
  if (wanted.length > 0 && (await api.authenticated())) {
    const batch = {
      field: (one: Repo) => fieldOf(one, paths),
      read: (_one: Repo, data: unknown) => toFiles(data, paths),
    }
    try {
      await askInBatches(api, wanted, batch, (some) => answers.push(...some))
    } catch (error) {
      if (!isUnavailable(error)) throw error
    }
  }
  const limit = pLimit(atOnce)
  const read = (one: Repo) => limit(() => readByRest(api, one, paths))
  return Promise.all(
    wanted.map((one, index) => {
      const known = answers[index]
      return known === undefined ? read(one) : known
    }),
  )
}

/** null: it does not exist; undefined: the answer is incomplete, so REST is asked. */
type Answer = RepositoryFiles | null | undefined

const blob = z.nullable(
  z.object({ text: z.nullish(z.string()), isTruncated: z.nullish(z.boolean()) }),
)
const releaseAnswer = z.object({
  tagName: z.string(),
  tagCommit: z.nullish(z.object({ oid: z.string() })),
})
const answer = z.looseObject({
  databaseId: z.nullish(z.number()),
  nameWithOwner: z.string().check(z.regex(/^[^/]+\/[^/]+$/)),
  isArchived: z.boolean(),
  latestRelease: z.nullish(releaseAnswer),
})

function fieldOf({ owner, repo }: Repo, paths: readonly string[]): string {
  const files = paths.map(
    (path, index) =>
      `f${index}: object(expression: ${JSON.stringify(`HEAD:${path}`)}) { ... on Blob { text isTruncated } }`,
  )
  const fields = `databaseId nameWithOwner isArchived latestRelease { tagName tagCommit { oid } } ${files.join(' ')}`
  return `repository(owner: ${JSON.stringify(owner)}, name: ${JSON.stringify(repo)}) { ${fields} }`
}

function toFiles(data: unknown, paths: readonly string[]): Answer {
  if (data === null) return null
  const parsed = answer.safeParse(data)
  if (!parsed.success) return undefined
  const texts: (string | null)[] = []
  for (const index of paths.keys()) {
    const file = blob.safeParse(parsed.data[`f${index}`])
    if (!file.success || file.data?.isTruncated || file.data?.text === null) return undefined
    texts.push(file.data?.text ?? null)
  }
  const [owner = '', repo = ''] = parsed.data.nameWithOwner.split('/')
  const { databaseId, isArchived: archived, latestRelease: latest } = parsed.data
  return {
    id: databaseId ?? null,
    owner,
    repo,
    archived,
    texts,
    latest: latest ? { tag: latest.tagName, commit: latest.tagCommit?.oid ?? null } : null,
  }
}

async function readByRest(
  api: Api,
  { owner, repo }: Repo,
  paths: readonly string[],
): Promise<RepositoryFiles | null> {
  const texts: (string | null)[] = []
  for (const path of paths) {
    // If there are several names for one file, the first existing one counts.
    const found = texts.some((text) => text !== null)
    texts.push(found ? null : await textAt(api, { owner, repo }, path))
  }
  if (texts.every((text) => text === null)) return null
  const latest = await latestOf(api, { owner, repo })
  return { id: null, owner, repo, archived: false, texts, latest }
}

async function textAt(api: Api, { owner, repo }: Repo, path: string): Promise<string | null> {
  try {
    return await getFileContent(api, owner, repo, path)
  } catch (error) {
    const isAbsent = error instanceof GitHubNotFoundError || error instanceof PathError
    if (isAbsent) return null
    throw error
  }
}

async function latestOf(api: Api, { owner, repo }: Repo): Promise<RepositoryFiles['latest']> {
  try {
    const { tag_name: tag } = await getLatestRelease(api, owner, repo)
    return { tag, commit: await tagCommit(api, owner, repo, tag) }
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return null
    throw error
  }
}
