import { existsSync } from 'node:fs'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface InitRequest {
  dir: string
  url: string
  /** What `git fetch` will fetch. */
  refspec: string
  /** The short name of HEAD's branch; null if HEAD will be detached. */
  branch: string | null
  /** Whether no content of Git LFS is to be fetched. */
  excludesLfs?: boolean | undefined
}

/** Creates an empty repository with its remote, configured as `git clone` does. */
export async function initRepository(request: InitRequest): Promise<void> {
  const { dir, branch } = request
  const gitDir = join(dir, '.git')
  for (const folder of folders) await mkdir(join(gitDir, folder), { recursive: true })
  await writeFile(join(gitDir, 'HEAD'), `ref: refs/heads/${branch ?? 'main'}\n`)
  const path = join(gitDir, 'config')
  // The probe needs a file.
  await writeFile(path, '')
  await writeFile(path, formatConfig(request, await probe(path)))
}

/** @see https://git-scm.com/docs/gitrepository-layout */
const folders = ['hooks', 'info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags']

interface FileSystem {
  /** Whether the file system keeps the executable bit. */
  fileMode: boolean
  ignoresCase: boolean
}

/** Probes the file system by trying, as git does. */
async function probe(path: string): Promise<FileSystem> {
  const { mode } = await stat(path)
  await chmod(path, mode ^ 0o100)
  const fileMode = ((await stat(path)).mode & 0o100) !== (mode & 0o100)
  await chmod(path, mode)
  return { fileMode, ignoresCase: existsSync(path.replace(/config$/, 'CoNfIg')) }
}

/** @see https://git-scm.com/docs/git-config#_variables */
function formatConfig(
  { url, refspec, branch, excludesLfs }: InitRequest,
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
    ...(excludesLfs ? [section('lfs', { fetchexclude: '*' })] : []),
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

/** Outside quotes `#` and `;` begin a comment. */
const inQuotesIfNeeded = (value: string) => (/[#;"\\]|^\s|\s$/.test(value) ? quoted(value) : value)
