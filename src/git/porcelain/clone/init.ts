import fs from 'node:fs'
import { chmod, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface InitRequest {
  dir: string
  url: string
  /** What `git fetch` will fetch. */
  refspec: string
  /** The branch that HEAD will stand on, by its short name; null where it will be detached. */
  branch: string | null
}

/** Makes an empty repository that knows its remote, configured as `git clone` does. */
export async function initRepository(request: InitRequest): Promise<void> {
  const { dir, branch } = request
  const { init } = await import('isomorphic-git')
  await init({ fs, dir, defaultBranch: branch ?? 'main' })
  const path = join(dir, '.git', 'config')
  // Its own writer puts no quotes around what needs them, and it takes every file system for one without symlinks.
  await writeFile(path, formatConfig(request, await probe(path)))
}

interface FileSystem {
  /** Whether it keeps the executable bit. */
  fileMode: boolean
  ignoresCase: boolean
}

/** Found out by trying, as git does it. */
async function probe(path: string): Promise<FileSystem> {
  const { mode } = await stat(path)
  await chmod(path, mode ^ 0o100)
  const fileMode = ((await stat(path)).mode & 0o100) !== (mode & 0o100)
  await chmod(path, mode)
  return { fileMode, ignoresCase: fs.existsSync(path.replace(/config$/, 'CoNfIg')) }
}

/** @see https://git-scm.com/docs/git-config#_variables */
function formatConfig(
  { url, refspec, branch }: InitRequest,
  { fileMode, ignoresCase }: FileSystem,
): string {
  const sections = [
    section('core', {
      repositoryformatversion: '0',
      filemode: String(fileMode),
      bare: 'false',
      logallrefupdates: 'true',
      ...(ignoresCase ? { ignorecase: 'true' } : {}),
    }),
    section('remote "origin"', { url, fetch: refspec }),
  ]
  if (branch !== null) {
    const tracked = { remote: 'origin', merge: `refs/heads/${branch}` }
    sections.push(section(`branch ${quoted(branch)}`, tracked))
  }
  return sections.join('')
}

function section(name: string, values: Record<string, string>): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `\t${key} = ${inQuotesIfNeeded(value)}\n`,
  )
  return `[${name}]\n${lines.join('')}`
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Elsewhere `#` and `;` begin a comment. */
const inQuotesIfNeeded = (value: string) => (/[#;"\\]|^\s|\s$/.test(value) ? quoted(value) : value)
