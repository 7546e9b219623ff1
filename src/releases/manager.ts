import { join } from 'node:path'
import type { GitHubClient } from '../github/client.js'
import type { ProcessIdentity } from '../process/identity.js'
import { acquireLock } from '../process/lock.js'
import { type CreateRequest, create } from './create.js'
import { type Deleted, type DeleteRequest, deleteOne } from './delete.js'
import type { ReleaseDeps } from './deps.js'
import { type DownloadedAsset, type DownloadRequest, download } from './download.js'
import { type EditRequest, edit } from './edit.js'
import { type ListRequest, listOf, type ViewedRelease, viewOne } from './find.js'
import {
  type Artifact,
  type CreateReleaseOptions,
  createPlain,
  publishPlain,
  sendArtifacts,
} from './library-api.js'
import { notesFor } from './notes/notes.js'
import type { NotesRequest } from './notes/types.js'
import { publish } from './pipeline/publish.js'
import type { PublishRequest, PublishResult } from './pipeline/types.js'
import { type ComponentStatus, type StatusRequest, statusOf } from './status.js'
import type { AssetInfo, ReleaseInfo, ReleaseSubject } from './types.js'
import { type UploadRequest, upload } from './upload.js'

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

  async #deps() {
    return { ...(await this.#open()), github: this.#client }
  }

  /** A release without files, as GitHub makes it: see `createPlain`. `create` takes files, and can be run again. */
  async createRelease(
    owner: string,
    repo: string,
    tag: string,
    options: CreateReleaseOptions = {},
  ): Promise<ReleaseInfo> {
    return createPlain(await this.#deps(), { owner, repo }, tag, options)
  }

  /** Sends files to a release, several at once: see `sendArtifacts`. */
  async publishArtifacts(
    uploadUrl: string,
    artifacts: readonly Artifact[],
    signatures: Readonly<Record<string, string | Uint8Array>> = {},
  ): Promise<AssetInfo[]> {
    return sendArtifacts(await this.#deps(), uploadUrl, artifacts, signatures)
  }

  /** Publishes a draft, once. @throws GitHubNotFoundError */
  async publishRelease(
    owner: string,
    repo: string,
    releaseId: number | string,
  ): Promise<ReleaseInfo> {
    return publishPlain(await this.#deps(), { owner, repo }, Number(releaseId))
  }

  /** Markdown of the commits from one tag to another, of the whole repository. */
  async generateReleaseNotes(
    owner: string,
    repo: string,
    tag: string,
    previousTag?: string | undefined,
  ): Promise<string> {
    const subject = { owner, repo, component: null }
    return this.generateNotes({ subject, tag, previous: previousTag, source: null })
  }

  /** The notes as markdown: see `notesFor`. */
  async generateNotes(request: NotesRequest): Promise<string> {
    return notesFor(await this.#deps(), request)
  }

  /** From source to published, once: see `publish`. */
  async publish(request: PublishRequest): Promise<PublishResult> {
    const { clock, self, signal, root } = await this.#open()
    const lock = (component: string, command: string) =>
      acquireLock(
        { clock, self, signal },
        { path: join(root, '.wizard', `release-${component}.lock`), command, wait: lockWait },
      )
    return publish({ ...(await this.#deps()), server: this.#client, lock }, request)
  }

  async create(request: CreateRequest): Promise<ReleaseInfo> {
    return create(await this.#deps(), request)
  }

  async upload(request: UploadRequest): Promise<ReleaseInfo> {
    return upload(await this.#deps(), request)
  }

  async edit(request: EditRequest): Promise<ReleaseInfo> {
    return edit(await this.#deps(), request)
  }

  async download(request: DownloadRequest): Promise<DownloadedAsset[]> {
    return download(await this.#deps(), request)
  }

  async delete(request: DeleteRequest): Promise<Deleted> {
    return deleteOne(await this.#deps(), request)
  }

  async list(request: ListRequest): Promise<ReleaseInfo[]> {
    return listOf(await this.#deps(), request)
  }

  async view(subject: ReleaseSubject, named: string | null): Promise<ViewedRelease> {
    return viewOne(await this.#deps(), subject, named)
  }

  /** What of each component is not released yet: see `statusOf`. */
  async status(request: StatusRequest): Promise<ComponentStatus[]> {
    return statusOf(await this.#deps(), request)
  }
}
