import type { Pacer } from '../base/async/pacer.js'
import type { UnpackPlan } from './plan.js'

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz'

/** The kind of archive that a file's name tells; null for none that can be unpacked here. */
export function archiveKind(name: string): ArchiveKind | null {
  if (/\.zip$/i.test(name)) return 'zip'
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return 'tar.gz'
  return /\.tar$/i.test(name) ? 'tar' : null
}

/** An archive of some kind, all of it checked. */
export interface ArchiveSource {
  readonly label: string
  readonly plan: UnpackPlan
  /** Writes the files of the plan, whose folders are there. @param count told of bytes as they are written */
  write(dir: string, count: (bytes: number) => void, pacer: Pacer): Promise<void>
  close(): Promise<void>
}
