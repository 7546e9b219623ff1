export type ArchiveKind = 'zip' | 'tar' | 'tar.gz'

/** The kind of archive that a file's name tells; null for none that can be unpacked here. */
export function archiveKind(name: string): ArchiveKind | null {
  if (/\.zip$/i.test(name)) return 'zip'
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return 'tar.gz'
  return /\.tar$/i.test(name) ? 'tar' : null
}
