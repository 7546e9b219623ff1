import pLimit from 'p-limit'
import { z } from 'zod/mini'
import { GitHubAuthError, GitHubError, GitHubNotFoundError, PathError } from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import { checkedRepo, type Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { type Api, ask } from './api.js'
import { getRepo } from './repositories.js'

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
const contentAnswer = z.union([
  z.array(z.object({ name: z.string(), sha: z.string(), type: z.string() })),
  z.object({
    type: z.string(),
    sha: z.string(),
    size: z.nullish(z.number()),
    encoding: z.nullish(z.string()),
    content: z.nullish(z.string()),
    target: z.nullish(z.string()),
  }),
])

/** https://docs.github.com/en/rest/git/trees#get-a-tree */
export interface TreeEntry {
  path: string
  /** `100644`, `100755`, `120000` (symbolic link), `040000` (folder), `160000` (submodule). */
  mode: string
  type: 'blob' | 'tree' | 'commit'
  /** Bytes; null for a folder or submodule. */
  size: number | null
  sha: string
}

const treeAnswer = z.object({
  sha: z.string(),
  truncated: z._default(z.boolean(), false),
  tree: z.array(
    z.pipe(
      z.object({
        path: z.string(),
        mode: z.string(),
        type: z.enum(['blob', 'tree', 'commit']),
        sha: z.string().check(z.regex(/^[0-9a-f]{40,64}$/)),
        size: z.nullish(z.number()),
      }),
      z.transform(
        ({ size, ...entry }): TreeEntry => ({
          path: entry.path,
          mode: entry.mode,
          type: entry.type,
          size: size ?? null,
          sha: entry.sha,
        }),
      ),
    ),
  ),
})

/** Octokit's types say text, but it returns the bytes. */
async function bytesOf(answer: Promise<{ data: unknown }>): Promise<Buffer> {
  return Buffer.from((await answer).data as ArrayBuffer)
}

const raw = { headers: { accept: 'application/vnd.github.raw+json' } }

/**
 * The bytes of a file, unchanged. A symbolic link is followed to a file in the repository.
 * https://docs.github.com/en/rest/repos/contents#get-repository-content
 *
 * @param ref a branch, a tag or a commit id; default: the default branch
 * @throws PathError for a folder, a submodule, or a link that does not lead to a file;
 *   GitHubNotFoundError; GitHubError for a file of more than 100 MB, which the API does not serve
 */
export async function getFileBytes(
  api: Api,
  owner: string,
  repo: string,
  path: string,
  ref?: string,
): Promise<Buffer> {
  const file = {
    ...checkedRepo(owner, repo),
    path: checkedPath(path),
    ...(ref === undefined ? {} : { ref }),
  }
  const name = `${owner}/${repo}:${oneLine(path, 200)}`
  try {
    return await readContents(api, file, name)
  } catch (error) {
    if (!isTooLarge(error)) throw error
  }
  try {
    return await readBlob(api, file, name)
  } catch (error) {
    throw isTooLarge(error) ? tooLarge(name, error) : error
  }
}

interface FileAt extends Repo {
  path: string
  ref?: string
}

async function readContents(api: Api, file: FileAt, name: string): Promise<Buffer> {
  const content = await ask(api, contentAnswer, (rest) => rest.repos.getContent({ ...file }))
  if (Array.isArray(content))
    throw noFile(name, 'folder', [{ verb: ['REPO', 'TREE'] }, ' lists it'])
  if (content.type === 'submodule') {
    throw noFile(name, 'submodule', 'read it from its own repository')
  }
  if (content.type === 'symlink') {
    const target = oneLine(content.target ?? '?', 200)
    throw noFile(name, `symbolic link to ${target}, which is not a file of the repository`)
  }
  if (content.encoding === 'base64') return Buffer.from(content.content ?? '', 'base64')
  // For a file above 1 MB GitHub answers `encoding: none`, and serves the bytes only to a raw
  // request.
  const { rest } = await api.octokit()
  return bytesOf(rest.repos.getContent({ ...file, ...raw }))
}

/**
 * If a server finds the contents too large, the blob may still work; the folder's listing has its
 * id.
 */
async function readBlob(api: Api, file: FileAt, name: string): Promise<Buffer> {
  const { owner, repo, path } = file
  const slash = path.lastIndexOf('/')
  const folder = { ...file, path: path.slice(0, Math.max(0, slash)) }
  const listing = await ask(api, contentAnswer, (rest) => rest.repos.getContent(folder))
  const base = path.slice(slash + 1)
  const entry = Array.isArray(listing) ? listing.find((one) => one.name === base) : undefined
  if (entry === undefined) throw new GitHubNotFoundError(`${name} is not in its folder's listing`)
  const { rest } = await api.octokit()
  return bytesOf(rest.git.getBlob({ owner, repo, file_sha: entry.sha, ...raw }))
}

/** The text of a file, as UTF-8. @throws as `getFileBytes` */
export async function getFileContent(
  api: Api,
  owner: string,
  repo: string,
  path: string,
  ref?: string,
): Promise<string> {
  return (await getFileBytes(api, owner, repo, path, ref)).toString('utf8')
}

/** @throws PathError for a path that could lead elsewhere */
function checkedPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new PathError(`${oneLine(path, 200)} is not a path in a repository: it has . or ..`)
  }
  return segments.join('/')
}

function noFile(name: string, what: string, hint?: Hint): PathError {
  return new PathError(`${name} is a ${what}`, { hint })
}

function isTooLarge(error: unknown): error is GitHubAuthError {
  return error instanceof GitHubAuthError && /too large|too_large/i.test(error.message)
}

function tooLarge(name: string, cause: GitHubAuthError): GitHubError {
  return new GitHubError(`${name} is over 100 MB, which the API does not serve`, {
    cause,
    status: cause.status,
    requestId: cause.requestId,
    hint: 'clone the repository to read it',
  })
}

/**
 * The files and folders at a ref, in git's order; empty for a repository without a commit. If
 * GitHub truncates a tree, it is read folder by folder, so the list is always complete.
 * https://docs.github.com/en/rest/git/trees#get-a-tree
 *
 * @param ref a branch, a tag or a commit id; default: the default branch
 * @throws GitHubNotFoundError if there is no such repository or ref
 */
export async function getTree(
  api: Api,
  owner: string,
  repo: string,
  ref?: string,
  recursive = false,
): Promise<TreeEntry[]> {
  const repository = checkedRepo(owner, repo)
  try {
    return await readTree(api, repository, ref ?? 'HEAD', recursive)
  } catch (error) {
    // "Git Repository is empty."
    if (error instanceof GitHubError && error.status === 409) return []
    if (!(error instanceof GitHubNotFoundError)) throw error
    // The repository itself may be missing, or the server does not know HEAD.
    const { default_branch: branch } = await getRepo(api, owner, repo)
    if (ref === undefined) return readTree(api, repository, branch, recursive)
    throw new GitHubNotFoundError(
      `${owner}/${repo} has no branch, tag or commit ${oneLine(ref ?? 'HEAD', 200)}`,
      {
        cause: error,
        status: error.status,
        requestId: error.requestId,
      },
    )
  }
}

async function readTree(
  api: Api,
  repository: Repo,
  ref: string,
  recursive: boolean,
): Promise<TreeEntry[]> {
  const limit = pLimit(4)
  const read = (name: string, deep: boolean) =>
    limit(() => {
      const tree = { ...repository, tree_sha: name, ...(deep ? { recursive: '1' } : {}) }
      return ask(api, treeAnswer, (rest) => rest.git.getTree(tree))
    })
  return recursive ? walk(ref) : flat(ref)

  async function flat(name: string): Promise<TreeEntry[]> {
    const { tree, truncated } = await read(name, false)
    if (!truncated) return tree
    throw new GitHubError('a folder has so many files that GitHub does not list them all', {
      hint: 'clone the repository to list them',
    })
  }

  async function walk(name: string): Promise<TreeEntry[]> {
    const { tree, truncated } = await read(name, true)
    if (!truncated) return tree
    const parts = await Promise.all(
      (await flat(name)).map(async (entry) =>
        entry.type === 'tree' ? [entry, ...below(entry.path, await walk(entry.sha))] : [entry],
      ),
    )
    return parts.flat()
  }
}

const below = (folder: string, entries: TreeEntry[]) =>
  entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }))
