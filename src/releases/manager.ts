import { join } from 'node:path'
import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import { acquireLock } from '../process/lock.js'
import { type OpenConfigured, type SessionOptions, sessionOf } from '../session.js'
import { type CreateRequest, create } from './create.js'
import { type Deleted, type DeleteRequest, deleteOne } from './delete.js'
import { type DownloadedAsset, type DownloadRequest, download } from './download.js'
import { type EditRequest, edit } from './edit.js'
import { type ListRequest, listOf, type ViewedRelease, viewOne } from './find.js'
import type { AssetInfo, ReleaseInfo, ReleaseSubject } from './info.js'
import {
  type CreateReleaseOptions,
  createPlain,
  publishPlain,
  type ReleaseArtifact,
  sendArtifacts,
} from './library-api.js'
import type { NotesRequest } from './notes/history.js'
import { notesFor } from './notes/notes.js'
import { publish } from './pipeline/publish.js'
import type { PublishRequest, PublishResult } from './pipeline/request.js'
import type { ReleaseDeps, ReleaseEvent } from './session.js'
import { type ComponentStatus, componentStatusOf, type StatusRequest } from './status.js'
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

  /**
   * A release without files, as GitHub makes it; `create` takes files, and can be run again.
   *
   * @throws ConflictError where the tag has a release already
   */
  async createRelease(
    owner: string,
    repo: string,
    tag: string,
    options: CreateReleaseOptions = {},
    call: Call<ReleaseEvent> = {},
  ): Promise<ReleaseInfo> {
    return createPlain(await this.#deps(call), { owner, repo }, tag, options)
  }

  /**
   * Sends files, and signatures given as texts, to a release, several at once. What is there with the same bytes stays.
   *
   * @param uploadUrl as createRelease gave it
   * @param signatures by the names that they will have
   * @returns the assets, the artifacts first, in their order
   * @throws UsageError for an address that is no release's; PathError; ConflictError where an asset has other bytes
   */
  async publishArtifacts(
    uploadUrl: string,
    artifacts: readonly ReleaseArtifact[],
    signatures: Readonly<Record<string, string | Uint8Array>> = {},
    call: Call<ReleaseEvent> = {},
  ): Promise<AssetInfo[]> {
    return sendArtifacts(await this.#deps(call), uploadUrl, artifacts, signatures)
  }

  /** Publishes a draft; a published release stays as it is. @throws GitHubNotFoundError */
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

  /**
   * Release notes as markdown: the commits since the tag before, grouped by what they are, with the compare link last.
   * The same commits give the same text.
   *
   * @throws GitHubNotFoundError for a tag that is not there; UsageError where `previous` has to be given
   */
  async generateNotes(request: NotesRequest, call: Call<ReleaseEvent> = {}): Promise<string> {
    return notesFor(await this.#deps(call), request)
  }

  /**
   * From source to published: everything is checked and planned before anything is made. Run again after a failure, a kill
   * or a lost answer, it goes on where it stopped.
   *
   * @throws UsageError, ConfigError, PathError, ConflictError before anything is made; WizardError where a command
   *   fails; LockedError
   */
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

  /**
   * Makes a release. With files it is a draft until each of them is uploaded; run again after a failure, it goes on with
   * that draft.
   *
   * @throws PathError and UsageError for the files, before anything is made; ConflictError where the tag has a release,
   *   or is at another commit than the target; GitHubNotFoundError for a target that does not exist
   */
  async create(request: CreateRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return create(await this.#deps(call), request)
  }

  /**
   * Adds files to a release: what is there already with the same bytes stays.
   *
   * @throws PathError and UsageError for the files; GitHubNotFoundError for the release; ConflictError where an asset has
   *   other bytes and may not be replaced
   */
  async upload(request: UploadRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return upload(await this.#deps(call), request)
  }

  /**
   * Changes what is given, and leaves the rest.
   *
   * @throws GitHubNotFoundError for the release; UsageError for notes that are too long
   */
  async edit(request: EditRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return edit(await this.#deps(call), request)
  }

  /**
   * Downloads assets, each checked against the digest that GitHub gives and against the file of sums in the release. A file
   * appears when it is whole and right.
   *
   * @throws GitHubNotFoundError for a release or pattern that matches nothing; ConflictError for files with other bytes in
   *   the way, before anything is downloaded, and for bytes that do not match their sum; PathError
   */
  async download(
    request: DownloadRequest,
    call: Call<ReleaseEvent> = {},
  ): Promise<DownloadedAsset[]> {
    return download(await this.#deps(call), request)
  }

  /**
   * Deletes a release with its assets, and its tag where that is asked for.
   *
   * @throws GitHubNotFoundError; ConflictError where several drafts share the tag
   */
  async delete(request: DeleteRequest, call: Call<ReleaseEvent> = {}): Promise<Deleted> {
    return deleteOne(await this.#deps(call), request)
  }

  /** The releases of a subject, newest first, drafts among them. */
  async list(request: ListRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo[]> {
    return listOf(await this.#deps(call), request)
  }

  /**
   * @param named what stands behind `@`: a tag or a version; null: the latest
   * @throws GitHubNotFoundError; ConflictError where several drafts share the tag
   */
  async view(
    subject: ReleaseSubject,
    named: string | null,
    call: Call<ReleaseEvent> = {},
  ): Promise<ViewedRelease> {
    return viewOne(await this.#deps(call), subject, named)
  }

  /** What of each component is not released yet. A component that cannot be checked has its error in its entry. */
  async status(request: StatusRequest, call: Call<ReleaseEvent> = {}): Promise<ComponentStatus[]> {
    return componentStatusOf(await this.#deps(call), request)
  }
}
