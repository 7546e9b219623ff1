import type { Addresses } from '../../addresses.js'
import type { TreeEntry } from '../../git/read.js'

/** The common fields of an entry of a repository's contents: its path, name and addresses. */
export function contentEntry(
  { api, git }: Addresses,
  { name, ref, entry }: { name: string; ref: string; entry: TreeEntry },
) {
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  const url = `${api}/repos/${name}/contents/${path}?ref=${ref}`
  const kind = entry.type === 'tree' ? 'tree' : 'blob'
  const gitUrl = `${api}/repos/${name}/git/${kind}s/${entry.oid}`
  const htmlUrl = `${git}/${name}/${kind}/${ref}/${path}`
  return {
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.oid,
    size: entry.size ?? 0,
    url,
    git_url: gitUrl,
    html_url: htmlUrl,
    download_url: kind === 'blob' ? `${git}/${name}/raw/${ref}/${path}` : null,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  }
}

export function contentType({ mode, type }: TreeEntry): 'file' | 'dir' | 'symlink' | 'submodule' {
  if (type === 'tree') return 'dir'
  if (type === 'commit') return 'submodule'
  return mode === '120000' ? 'symlink' : 'file'
}

/** Folded to lines of 60, as in the API. */
export function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll(/.{1,60}/g, '$&\n')
}
