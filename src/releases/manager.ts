import { join } from 'node:path'
import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import { acquireLock } from '../process/lock.js'
import { type OpenConfigured, type SessionOptions, sessionOf } from '../session.js'
import { type CreateRequest, create } from './create.js'
import { type Deleted, type DeleteRequest, deleteOne } from './delete.js'
import type { ReleaseDeps } from './deps.js'
import { type DownloadedAsset, type DownloadRequest, download } from './download.js'
import { type EditRequest, edit } from './edit.js'
import type { ReleaseEvent } from './events.js'
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

/** Milliseconds that one release waits for another of the same component. */
const lockWait = 60_000

/**
 * Makes releases: notes, checksums, signatures, uploads that can be run again after any failure.
 *
 * @throws every method may throw GitHubError and its kinds, and the signal's reason
 */
export class ReleaseManager {
  readonly #open: OpenConfigured<ReleaseEvent>

  constructor(client: GitHubClient, options: SessionOptions = {}) {
    this.#open = sessionOf<ReleaseEvent>(client, options).openConfigured
  }

  async #deps(call: Call<ReleaseEvent>): Promise<ReleaseDeps> {
    const { client, ...session } = await this.#open(call)
    return { ...session, github: client }
  }

  /** A release without files, as GitHub makes it: see `createPlain`. `create` takes files, and can be run again. */
  async createRelease(
    owner: string,
    repo: string,
    tag: string,
    options: CreateReleaseOptions = {},
    call: Call<ReleaseEvent> = {},
  ): Promise<ReleaseInfo> {
    return createPlain(await this.#deps(call), { owner, repo }, tag, options)
  }

  /** Sends files to a release, several at once: see `sendArtifacts`. */
  async publishArtifacts(
    uploadUrl: string,
    artifacts: readonly Artifact[],
    signatures: Readonly<Record<string, string | Uint8Array>> = {},
    call: Call<ReleaseEvent> = {},
  ): Promise<AssetInfo[]> {
    return sendArtifacts(await this.#deps(call), uploadUrl, artifacts, signatures)
  }

  /** Publishes a draft, once. @throws GitHubNotFoundError */
  async publishRelease(
    owner: string,
    repo: string,
    releaseId: number | string,
    call: Call<ReleaseEvent> = {},
  ): Promise<ReleaseInfo> {
    return publishPlain(await this.#deps(call), { owner, repo }, Number(releaseId))
  }

  /** Markdown of the commits from one tag to another, of the whole repository. */
  async generateReleaseNotes(
    owner: string,
    repo: string,
    tag: string,
    previousTag?: string | undefined,
    call: Call<ReleaseEvent> = {},
  ): Promise<string> {
    const subject = { owner, repo, component: null }
    return this.generateNotes({ subject, tag, previous: previousTag, source: null }, call)
  }

  /** The notes as markdown: see `notesFor`. */
  async generateNotes(request: NotesRequest, call: Call<ReleaseEvent> = {}): Promise<string> {
    return notesFor(await this.#deps(call), request)
  }

  /** From source to published, once: see `publish`. */
  async publish(request: PublishRequest, call: Call<ReleaseEvent> = {}): Promise<PublishResult> {
    const { client, ...session } = await this.#open(call)
    const { clock, self, signal, config } = session
    const lock = (component: string, command: string) =>
      acquireLock(
        { clock, self, signal },
        {
          path: join(config.root, '.wizard', `release-${component}.lock`),
          command,
          wait: lockWait,
        },
      )
    return publish({ ...session, github: client, server: client, lock }, request)
  }

  async create(request: CreateRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return create(await this.#deps(call), request)
  }

  async upload(request: UploadRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return upload(await this.#deps(call), request)
  }

  async edit(request: EditRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return edit(await this.#deps(call), request)
  }

  async download(
    request: DownloadRequest,
    call: Call<ReleaseEvent> = {},
  ): Promise<DownloadedAsset[]> {
    return download(await this.#deps(call), request)
  }

  async delete(request: DeleteRequest, call: Call<ReleaseEvent> = {}): Promise<Deleted> {
    return deleteOne(await this.#deps(call), request)
  }

  async list(request: ListRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo[]> {
    return listOf(await this.#deps(call), request)
  }

  async view(
    subject: ReleaseSubject,
    named: string | null,
    call: Call<ReleaseEvent> = {},
  ): Promise<ViewedRelease> {
    return viewOne(await this.#deps(call), subject, named)
  }

  /** What of each component is not released yet: see `statusOf`. */
  async status(request: StatusRequest, call: Call<ReleaseEvent> = {}): Promise<ComponentStatus[]> {
    return statusOf(await this.#deps(call), request)
  }
}
