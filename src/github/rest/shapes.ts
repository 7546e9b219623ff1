import { z } from 'zod'

const text = z.string()
const optionalText = z.string().nullish()

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
export const repositoryAnswer = z
  .object({
    id: z.number().nullish(),
    name: text,
    full_name: text.regex(/^[^/]+\/[^/]+$/),
    description: optionalText,
    html_url: optionalText,
    default_branch: text.default('main'),
    pushed_at: optionalText,
    size: z.number().nullish(),
    stargazers_count: z.number().nullish(),
    topics: z.array(text).nullish(),
    archived: z.boolean().nullish(),
    private: z.boolean().nullish(),
    visibility: optionalText,
    fork: z.boolean().nullish(),
  })
  .transform((answer) => ({
    id: answer.id ?? null,
    name: answer.name,
    full_name: answer.full_name,
    description: answer.description ?? null,
    url: answer.html_url ?? null,
    default_branch: answer.default_branch,
    /** ISO 8601; null where nothing was pushed yet. */
    pushed_at: answer.pushed_at ?? null,
    /** Kilobytes, as GitHub counts them. */
    size: answer.size ?? 0,
    stars: answer.stargazers_count ?? 0,
    topics: answer.topics ?? [],
    archived: answer.archived ?? false,
    private: answer.private ?? false,
    visibility: answer.visibility ?? (answer.private ? 'private' : 'public'),
    fork: answer.fork ?? false,
  }))

export type RepositoryData = z.output<typeof repositoryAnswer>

/** https://docs.github.com/en/rest/search/search#search-repositories */
export const searchAnswer = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean(),
  items: z.array(z.unknown()),
})

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user */
export const viewerAnswer = z.object({ login: text })

/** https://docs.github.com/en/rest/releases/assets */
export const assetAnswer = z
  .object({
    id: z.number(),
    name: text,
    size: z.number(),
    digest: optionalText,
    state: text.default('uploaded'),
    content_type: optionalText,
    browser_download_url: text,
    uploader: z.object({ login: text }).nullish(),
  })
  .transform((answer) => ({
    id: answer.id,
    name: answer.name,
    /** Bytes. */
    size: answer.size,
    /** `sha256:` and 64 hexadecimal digits; null on servers that do not count it. */
    digest: answer.digest || null,
    /** `uploaded`, or `starter` where an upload was cut. */
    state: answer.state,
    content_type: answer.content_type ?? null,
    download_url: answer.browser_download_url,
    /** Whoever sent it, by login. */
    uploader: answer.uploader?.login ?? null,
  }))

export type ReleaseAsset = z.output<typeof assetAnswer>

/** https://docs.github.com/en/rest/releases/releases#get-a-release */
export const releaseAnswer = z
  .object({
    id: z.number(),
    tag_name: text,
    name: optionalText,
    body: optionalText,
    html_url: text,
    upload_url: text,
    draft: z.boolean(),
    prerelease: z.boolean(),
    immutable: z.boolean().nullish(),
    target_commitish: optionalText,
    created_at: optionalText,
    published_at: optionalText,
    author: z.object({ login: text }).nullish(),
    assets: z.array(assetAnswer).default([]),
  })
  .transform((answer) => ({
    id: answer.id,
    tag_name: answer.tag_name,
    name: answer.name ?? answer.tag_name,
    body: answer.body ?? '',
    url: answer.html_url,
    upload_url: answer.upload_url,
    draft: answer.draft,
    prerelease: answer.prerelease,
    /** Its assets and its tag can be changed no more. */
    immutable: answer.immutable ?? false,
    target_commitish: answer.target_commitish ?? null,
    created_at: answer.created_at ?? null,
    published_at: answer.published_at ?? null,
    /** Whoever made it, by login. */
    author: answer.author?.login ?? null,
    assets: answer.assets,
  }))

export type Release = z.output<typeof releaseAnswer>

/** https://docs.github.com/en/rest/git/trees#get-a-tree */
export const treeAnswer = z.object({
  sha: text,
  truncated: z.boolean().default(false),
  tree: z.array(
    z
      .object({
        path: text,
        mode: text,
        type: z.enum(['blob', 'tree', 'commit']),
        sha: text.regex(/^[0-9a-f]{40,64}$/),
        size: z.number().nullish(),
      })
      .transform(({ size, ...entry }) => ({
        path: entry.path,
        /** `100644`, `100755`, `120000` (symbolic link), `040000` (folder), `160000` (submodule). */
        mode: entry.mode,
        type: entry.type,
        /** Bytes; null for what is no file. */
        size: size ?? null,
        sha: entry.sha,
      })),
  ),
})

export type TreeEntry = z.output<typeof treeAnswer>['tree'][number]

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
export const contentAnswer = z.union([
  z.array(z.object({ name: text, sha: text, type: text })),
  z.object({
    type: text,
    sha: text,
    size: z.number().nullish(),
    encoding: optionalText,
    content: optionalText,
    target: optionalText,
  }),
])

/** https://docs.github.com/en/rest/actions/artifacts */
export const artifactAnswer = z
  .object({
    id: z.number(),
    name: text,
    size_in_bytes: z.number().nonnegative(),
    expired: z.boolean().nullish(),
    digest: optionalText,
  })
  .transform((answer) => ({
    id: answer.id,
    /** Chosen by whoever runs the workflow: anything at all. */
    name: answer.name,
    /** Bytes of the zip. */
    size: answer.size_in_bytes,
    expired: answer.expired ?? false,
    /** `sha256:` and 64 hexadecimal digits, of the zip; null where it was not counted. */
    digest: answer.digest ?? null,
  }))

export type Artifact = z.output<typeof artifactAnswer>
