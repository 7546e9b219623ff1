import type { Files, LocalGitHub } from 'local-github'

/** One version of a plugin as its author would make it. */
export interface PluginRelease {
  /** Further fields of the manifest, besides `id` (the repository's name) and `version`. */
  manifest?: Record<string, unknown>
  version?: string
  /** Default: `v{version}`; an existing tag moves. */
  tag?: string
  /** Further files of the repository; null removes one. */
  files?: Files
  /** Of a release; null: only the tag. */
  assets?: Record<string, string | Buffer> | null
  topics?: string[]
}

export const manifestOf = (id: string, version: string, more: Record<string, unknown> = {}) => ({
  id,
  name: id,
  version,
  description: `What ${id} does`,
  category: 'utility',
  license: 'MIT',
  ...more,
})

/** Commits a version, tags it and, by default, releases it. @returns the commit */
export async function releasePlugin(
  github: LocalGitHub,
  name: string,
  {
    manifest,
    version = '1.0.0',
    tag = `v${version}`,
    files,
    assets = {},
    topics = ['udos-plugin'],
  }: PluginRelease = {},
): Promise<string> {
  const [, id = ''] = name.split('/')
  const text = `${JSON.stringify(manifestOf(id, version, manifest), null, 2)}\n`
  const all = { 'manifest.json': text, 'main.txt': `${id} ${version}\n`, ...files }
  if (github.world.repository(name) === undefined) await github.addRepository(name, { topics })
  const commit = await github.commit(name, { files: all, message: version })
  await github.tag(name, tag)
  if (assets !== null) await addRelease(github, name, tag, assets)
  return commit
}

/** By the API, like a person's release. */
export async function addRelease(
  github: LocalGitHub,
  name: string,
  tag: string,
  assets: Record<string, string | Buffer>,
): Promise<void> {
  const headers = { authorization: `Bearer ${github.token}` }
  const made = await post(`${github.apiUrl}/repos/${name}/releases`, {
    headers,
    body: JSON.stringify({ tag_name: tag }),
  })
  const uploads = String(made.upload_url).replace(/\{.*/, '')
  for (const [file, content] of Object.entries(assets)) {
    const body = Buffer.from(content)
    await post(`${uploads}?name=${encodeURIComponent(file)}`, {
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body,
    })
  }
  github.requests.length = 0
}

async function post(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string | Buffer },
): Promise<Record<string, unknown>> {
  const bytes = typeof body === 'string' ? body : new Uint8Array(body)
  const answer = await fetch(url, { method: 'POST', headers, body: bytes })
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

/** The words of a PLUGIN command of a user who trusts every publisher. */
export const trusting = (args: string[]): string[] =>
  ['INSTALL', 'UPDATE'].includes(args[0] ?? '') ? [...args, '--trust'] : args
