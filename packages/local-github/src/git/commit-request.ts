export type FileContent =
  | string
  | Buffer
  | { content: string | Buffer; mode: '100644' | '100755' | '120000' }
  | { symlink: string }
  | { gitlink: string }

/** By path from the repository's top; null deletes a file or folder. */
export type Files = Record<string, FileContent | null>

export interface CommitRequest {
  branch: string
  files: Files
  message: string
  author?: { name: string; email: string }
  /** Seconds since 1970, for author and committer. */
  date: number
  /** The parent commit. Default: the branch's tip; null starts a new history. */
  parent?: string | null
  /** More parents, which make it a merge; `files` still apply to `parent`. */
  merge?: string[]
  /** Replaces the branch's tip, like `commit --amend` and a forced push. */
  force?: boolean
}

/** The file's mode and bytes; a link's bytes are its target. */
export function normalized(file: Exclude<FileContent, { gitlink: string }>) {
  if (typeof file === 'string' || Buffer.isBuffer(file)) return { mode: '100644', content: file }
  return 'symlink' in file ? { mode: '120000', content: file.symlink } : file
}
