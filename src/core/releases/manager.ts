import type { GitHubClient } from '../github/client.js'
import type { ReleaseDeps } from './deps.js'

/** What everything that ReleaseManager does is given beside its client. */
export type ReleaseSession = Omit<ReleaseDeps, 'github'>

/**
 * Makes releases: notes, checksums, signatures, uploads that can be run again after any failure.
 *
 * @throws every method may throw GitHubError and its kinds, and the signal's reason
 */
export class ReleaseManager {
  readonly #open: () => Promise<ReleaseDeps>

  /** @param open gives what the work needs, once, when it is first asked for */
  constructor(client: GitHubClient, open: () => Promise<ReleaseSession>) {
    let session: Promise<ReleaseDeps> | undefined
    this.#open = () => {
      session ??= open().then((rest) => ({ ...rest, github: client }))
      return session
    }
  }
}
