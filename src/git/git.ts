import type { Clock } from '../base/clock.js'
import type { Dispatcher } from '../http/dispatcher.js'
import type { Waits } from '../http/policy/waits.js'
import type { Liveness } from '../process/owner-mark.js'
import type { UserEnvironment } from './plumbing/config/worktree-settings.js'

/** `wizard` is the engine of this folder. */
export type EngineName = 'wizard' | 'isomorphic-git'

/** Options of every function of src/git that talks to a server. */
export interface Git {
  dispatcher: Dispatcher
  /** What fetches and stores objects; default: `wizard`. */
  engine?: EngineName | undefined
  clock: Clock
  /** The Authorization header for a URL, or undefined if that origin must not see one. */
  authorization?: (url: URL) => Promise<string | undefined>
  /** Whether a URL is of the configured server, which alone gets the token; default: all are. */
  isConfigured?: ((url: URL) => boolean) | undefined
  /**
   * Whether the API shows a repository as public; without it, a refusal counts as one of something
   * private or missing.
   */
  isPublic?: ((url: URL) => Promise<boolean>) | undefined
  signal?: AbortSignal | undefined
  /** How long a request may wait for a rate limit; without it, requests do not wait. */
  waits?: Waits | undefined
  onProgress?: ((progress: GitProgress) => void) | undefined
  /** Reports each request and its answer in a line without credentials. */
  onRequest?: ((message: string) => void) | undefined
  /** Reports what a person should know though the work goes on. */
  onWarning?: ((message: string) => void) | undefined
  /** The `.git` folders of other clones that may share their content of Git LFS with this one. */
  peers?: (() => string[]) | undefined
  /** Distinguishes what a killed wizard left behind from the work of a living one. */
  liveness?: Liveness | undefined
  /** Locates the user's own git configuration, for conversions of line ends; default: none. */
  env?: UserEnvironment | undefined
}

export interface GitProgress {
  /** `content`: that of Git LFS. */
  phase: 'receiving' | 'indexing' | 'content' | 'checkout'
  /** Bytes received so far, of the pack or of the content. */
  bytes: number
  /** Objects indexed or received, or files written so far, and their total (0: unknown yet). */
  done: number
  total: number
}
