import { existsSync } from 'node:fs'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ConfigSection, formatSection } from '../../plumbing/config/edit.js'

export interface InitRequest {
  gitDir: string
  /** The work tree, from `gitDir`, of a submodule; default: the folder that holds `gitDir`. */
  worktree?: string | undefined
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
  const { gitDir, branch } = request
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
  { url, refspec, branch, excludesLfs, worktree }: InitRequest,
  { fileMode, ignoresCase }: FileSystem,
): string {
  const core = {
    repositoryformatversion: '0',
    filemode: String(fileMode),
    bare: 'false',
    logallrefupdates: 'true',
    ...(worktree === undefined ? {} : { worktree }),
    ...(ignoresCase ? { ignorecase: 'true' } : {}),
  }
  const remote = { url, fetch: refspec }
  const sections: ConfigSection[] = [
    { name: 'core', values: core },
    { name: 'remote', subsection: 'origin', values: remote },
  ]
  if (excludesLfs) sections.push({ name: 'lfs', values: { fetchexclude: '*' } })
  if (branch !== null) {
    const tracked = { remote: 'origin', merge: `refs/heads/${branch}` }
    sections.push({ name: 'branch', subsection: branch, values: tracked })
  }
  return sections.map(formatSection).join('')
}
