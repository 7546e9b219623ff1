import { join } from 'node:path'
import type { GitHubClient } from '../github/client.js'
import { acquireLock } from '../lock.js'
import type { ProcessIdentity } from '../process-identity.js'
import type { ReleaseDeps } from './deps.js'
import type { NotesRequest } from './notes/types.js'
import { notesFor } from './notes.js'
import { publish } from './pipeline/publish.js'
import type { PublishRequest, PublishResult } from './pipeline/types.js'

/** What everything that ReleaseManager does is given beside its client. */
export interface ReleaseSession extends Omit<ReleaseDeps, 'github'> {
  /** Where it is known what is under way. */
  root: string
  self: ProcessIdentity
}

/** Milliseconds that one release waits for another of the same component. */
const lockWait = 60_000

/**
 * Makes releases: notes, checksums, signatures, uploads that can be run again after any failure.
 *
 * @throws every method may throw GitHubError and its kinds, and the signal's reason
 */
export class ReleaseManager {
  readonly #client: GitHubClient
  readonly #open: () => Promise<ReleaseSession>

  /** @param open gives what the work needs, once, when it is first asked for */
  constructor(client: GitHubClient, open: () => Promise<ReleaseSession>) {
    this.#client = client
    let session: Promise<ReleaseSession> | undefined
    this.#open = () => {
      session ??= open()
      return session
    }
  }

  /** From source to published, once: see `publish`. */
  async publish(request: PublishRequest): Promise<PublishResult> {
    const session = await this.#open()
    const { clock, self, signal, root } = session
    const lock = (component: string, command: string) =>
      acquireLock(
        { clock, self, signal },
        { path: join(root, '.wizard', `release-${component}.lock`), command, wait: lockWait },
      )
    return publish({ ...session, github: this.#client, server: this.#client, lock }, request)
  }

  /** The notes as markdown: see `notesFor`. */
  async generateNotes(request: NotesRequest): Promise<string> {
    return notesFor({ ...(await this.#open()), github: this.#client }, request)
  }
}
