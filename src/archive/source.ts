import type { Pacer } from '../base/async/pacer.js'
import type { Limits } from './limits.js'
import type { UnpackPlan } from './plan.js'

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz'

/** The kind of archive that a file's name says; null if wizard can't unpack it. */
export function archiveKind(name: string): ArchiveKind | null {
  if (/\.zip$/i.test(name)) return 'zip'
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return 'tar.gz'
  return /\.tar$/i.test(name) ? 'tar' : null
}

export interface SourceOptions {
  /** The archive's name in messages. */
  label: string
  limits?: Limits | undefined
  signal?: AbortSignal | undefined
  /** The name under which a file or folder is unpacked; default: its own. */
  rename?: ((name: string) => string) | undefined
}

/** An archive of any kind, fully checked. */
export interface ArchiveSource {
  readonly label: string
  readonly plan: UnpackPlan
  /**
   * Writes the planned files; their folders must exist.
   *
   * @param count receives the bytes as they are written
   */
  write(dir: string, count: (bytes: number) => void, pacer: Pacer): Promise<void>
  close(): Promise<void>
}
