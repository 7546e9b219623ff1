import { z } from 'zod'

const text = z.string()
const optionalText = z.string().nullish()

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
export interface RepositoryData {
  /** GitHub's own number, which a renamed repository keeps. */
  id: number | null
  name: string
  /** `OWNER/NAME`. */
  full_name: string
  description: string | null
  /** Its web page. */
  url: string | null
  default_branch: string
  /** ISO 8601; null where nothing was pushed yet. */
  pushed_at: string | null
  /** Kilobytes, as GitHub counts them. */
  size: number
  stars: number
  topics: string[]
  archived: boolean
  private: boolean
  /** `public`, `private` or `internal`. */
  visibility: string
  fork: boolean
}

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
  .transform(
    (answer): RepositoryData => ({
      id: answer.id ?? null,
      name: answer.name,
      full_name: answer.full_name,
      description: answer.description ?? null,
      url: answer.html_url ?? null,
      default_branch: answer.default_branch,
      pushed_at: answer.pushed_at ?? null,
      size: answer.size ?? 0,
      stars: answer.stargazers_count ?? 0,
      topics: answer.topics ?? [],
      archived: answer.archived ?? false,
      private: answer.private ?? false,
      visibility: answer.visibility ?? (answer.private ? 'private' : 'public'),
      fork: answer.fork ?? false,
    }),
  )

/** https://docs.github.com/en/rest/search/search#search-repositories */
export const searchAnswer = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean(),
  items: z.array(z.unknown()),
})

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user */
export const viewerAnswer = z.object({ login: text })

/** https://docs.github.com/en/rest/releases/assets */
export interface ReleaseAsset {
  id: number
  name: string
  /** Bytes. */
  size: number
  /** `sha256:` and 64 hexadecimal digits; null on servers that do not count it. */
  digest: string | null
  /** `uploaded`, or `starter` where an upload was cut. */
  state: string
  content_type: string | null
  download_url: string
  /** Whoever sent it, by login. */
  uploader: string | null
}

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
  .transform(
    (answer): ReleaseAsset => ({
      id: answer.id,
      name: answer.name,
      size: answer.size,
      digest: answer.digest || null,
      state: answer.state,
      content_type: answer.content_type ?? null,
      download_url: answer.browser_download_url,
      uploader: answer.uploader?.login ?? null,
    }),
  )

/** https://docs.github.com/en/rest/releases/releases#get-a-release */
export interface Release {
  id: number
  tag_name: string
  /** Its title; the tag where it has none. */
  name: string
  /** Markdown; empty where there is none. */
  body: string
  /** Its web page. */
  url: string
  upload_url: string
  draft: boolean
  prerelease: boolean
  /** Its assets and its tag can be changed no more. */
  immutable: boolean
  target_commitish: string | null
  /** ISO 8601. */
  created_at: string | null
  /** ISO 8601; null for a draft. */
  published_at: string | null
  /** Whoever made it, by login. */
  author: string | null
  assets: ReleaseAsset[]
}

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
  .transform(
    (answer): Release => ({
      id: answer.id,
      tag_name: answer.tag_name,
      name: answer.name ?? answer.tag_name,
      body: answer.body ?? '',
      url: answer.html_url,
      upload_url: answer.upload_url,
      draft: answer.draft,
      prerelease: answer.prerelease,
      immutable: answer.immutable ?? false,
      target_commitish: answer.target_commitish ?? null,
      created_at: answer.created_at ?? null,
      published_at: answer.published_at ?? null,
      author: answer.author?.login ?? null,
      assets: answer.assets,
    }),
  )

/** https://docs.github.com/en/rest/git/trees#get-a-tree */
export interface TreeEntry {
  path: string
  /** `100644`, `100755`, `120000` (symbolic link), `040000` (folder), `160000` (submodule). */
  mode: string
  type: 'blob' | 'tree' | 'commit'
  /** Bytes; null for a folder and a submodule. */
  size: number | null
  sha: string
}

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
      .transform(
        ({ size, ...entry }): TreeEntry => ({
          path: entry.path,
          mode: entry.mode,
          type: entry.type,
          size: size ?? null,
          sha: entry.sha,
        }),
      ),
  ),
})

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
export interface Artifact {
  id: number
  /** Chosen by whoever runs the workflow: anything at all. */
  name: string
  /** Bytes of the zip. */
  size: number
  expired: boolean
  /** `sha256:` and 64 hexadecimal digits, of the zip; null where it was not counted. */
  digest: string | null
}

export const artifactAnswer = z
  .object({
    id: z.number(),
    name: text,
    size_in_bytes: z.number().nonnegative(),
    expired: z.boolean().nullish(),
    digest: optionalText,
  })
  .transform(
    (answer): Artifact => ({
      id: answer.id,
      name: answer.name,
      size: answer.size_in_bytes,
      expired: answer.expired ?? false,
      digest: answer.digest ?? null,
    }),
  )
