import { join } from 'node:path'
import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import { acquireLock } from '../process/lock.js'
import {
  type ConfiguredSession,
  type OpenConfigured,
  type SessionOptions,
  sessionOf,
} from '../session.js'
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
import type { ReleaseEvent, ReleaseSession } from './session.js'
import { type ComponentStatus, componentStatusOf, type StatusRequest } from './status.js'
import { type UploadRequest, upload } from './upload.js'

const partsOf = ({ client, ...session }: ConfiguredSession<ReleaseEvent>): ReleaseSession => ({
  ...session,
  github: client,
  farewell: (signal) => client.with({ signal, deadline: null }),
})

/** Milliseconds that one release waits for another of the same component. */
const lockWait = 60_000

/**
 * Makes releases: notes, checksums, signatures and uploads. Every step can be run again after any
 * failure.
 *
 * @throws every method may throw GitHubError and its subclasses, and the signal's reason
 */
export class ReleaseManager {
  readonly #open: OpenConfigured<ReleaseEvent>

  constructor(client: GitHubClient, options: SessionOptions = {}) {
    this.#open = sessionOf<ReleaseEvent>(client, options).openConfigured
  }

  async #session(call: Call<ReleaseEvent>): Promise<ReleaseSession> {
    return partsOf(await this.#open(call))
  }

  /**
   * Creates a release without files, as GitHub does; `create` accepts files and can be run again.
   *
   * @throws ConflictError if the tag already has a release
   */
  async createRelease(
    owner: string,
    repo: string,
    tag: string,
    options: CreateReleaseOptions = {},
    call: Call<ReleaseEvent> = {},
  ): Promise<ReleaseInfo> {
    return createPlain(await this.#session(call), { owner, repo }, tag, options)
  }

  /**
   * Uploads files, and signatures given as texts, to a release, several at once. Assets with the
   * same bytes stay.
   *
   * @param uploadUrl from createRelease
   * @param signatures by their future names
   * @returns the assets, artifacts first, in their order
   * @throws UsageError if the address is not a release's; PathError; ConflictError if an asset has
   *   other bytes
   */
  async publishArtifacts(
    uploadUrl: string,
    artifacts: readonly ReleaseArtifact[],
    signatures: Readonly<Record<string, string | Uint8Array>> = {},
    call: Call<ReleaseEvent> = {},
  ): Promise<AssetInfo[]> {
    return sendArtifacts(await this.#session(call), uploadUrl, artifacts, signatures)
  }

  /** Publishes a draft; a published release stays as it is. @throws GitHubNotFoundError */
  async publishRelease(
    owner: string,
    repo: string,
    releaseId: number | string,
    call: Call<ReleaseEvent> = {},
  ): Promise<ReleaseInfo> {
    return publishPlain(await this.#session(call), { owner, repo }, Number(releaseId))
  }

  /** Markdown of the commits from one tag to another, for the whole repository. */
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
   * Release notes as markdown: the commits since the previous tag, grouped by kind, with the
   * compare link last. The same commits give the same text.
   *
   * @throws GitHubNotFoundError for an unknown tag; UsageError if `previous` is required
   */
  async generateNotes(request: NotesRequest, call: Call<ReleaseEvent> = {}): Promise<string> {
    return notesFor(await this.#session(call), request)
  }

  /**
   * From source to published: checks and plans everything before it creates anything. After a
   * failure, a kill or a lost answer, the next run continues where this one stopped.
   *
   * @throws UsageError, ConfigError, PathError, ConflictError before anything is created;
   *   WizardError if a command fails; LockedError
   */
  async publish(request: PublishRequest, call: Call<ReleaseEvent> = {}): Promise<PublishResult> {
    const opened = await this.#open(call)
    const { clock, self, signal, config, client } = opened
    const state = (name: string) => join(config.root, '.wizard', name)
    const lock = (component: string, command: string) => {
      const path = state(`release-${component}.lock`)
      return acquireLock({ clock, self, signal }, { path, command, wait: lockWait })
    }
    const buildRecord = state(`release-${request.subject.component.name}.build`)
    return publish({ ...partsOf(opened), server: client, lock, buildRecord }, request)
  }

  /**
   * Creates a release. With files it is a draft until all of them are uploaded; after a failure,
   * the next run continues with that draft.
   *
   * @throws PathError and UsageError for the files, before anything is created; ConflictError if
   *   the tag has a release, or is at another commit than the target; GitHubNotFoundError for an
   *   unknown target
   */
  async create(request: CreateRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return create(await this.#session(call), request)
  }

  /**
   * Adds files to a release. Assets with the same bytes stay.
   *
   * @throws PathError and UsageError for the files; GitHubNotFoundError for the release;
   *   ConflictError if an asset has other bytes and may not be replaced
   */
  async upload(request: UploadRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return upload(await this.#session(call), request)
  }

  /**
   * Changes the given fields only.
   *
   * @throws GitHubNotFoundError for the release; UsageError for notes that are too long
   */
  async edit(request: EditRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo> {
    return edit(await this.#session(call), request)
  }

  /**
   * Downloads assets, and compares each with GitHub's digest and with the release's checksum file.
   * A file appears only when it is complete and correct.
   *
   * @throws GitHubNotFoundError for an unknown release or a pattern that matches nothing;
   *   ConflictError for existing files with other bytes, before any download, and for bytes that do
   *   not match their checksum; PathError
   */
  async download(
    request: DownloadRequest,
    call: Call<ReleaseEvent> = {},
  ): Promise<DownloadedAsset[]> {
    return download(await this.#session(call), request)
  }

  /**
   * Deletes a release with its assets and, on request, its tag.
   *
   * @throws GitHubNotFoundError; ConflictError if several drafts share the tag
   */
  async delete(request: DeleteRequest, call: Call<ReleaseEvent> = {}): Promise<Deleted> {
    return deleteOne(await this.#session(call), request)
  }

  /** The releases of a subject, drafts included, newest first. */
  async list(request: ListRequest, call: Call<ReleaseEvent> = {}): Promise<ReleaseInfo[]> {
    return listOf(await this.#session(call), request)
  }

  /**
   * @param named the part after `@`: a tag or a version; null: the latest
   * @throws GitHubNotFoundError; ConflictError if several drafts share the tag
   */
  async view(
    subject: ReleaseSubject,
    named: string | null,
    call: Call<ReleaseEvent> = {},
  ): Promise<ViewedRelease> {
    return viewOne(await this.#session(call), subject, named)
  }

  /**
   * The unreleased changes of each component. If a component can't be checked, its entry has the
   * error.
   */
  async status(request: StatusRequest, call: Call<ReleaseEvent> = {}): Promise<ComponentStatus[]> {
    return componentStatusOf(await this.#session(call), request)
  }
}
