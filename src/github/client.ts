import type { Clock } from '../base/clock.js'
import type { Redactor } from '../base/redact.js'
import type { Git } from '../git/git.js'
import type { CloneResult } from '../git/porcelain/clone/clone.js'
import type { PullResult } from '../git/porcelain/pull.js'
import type { WorkingCopyOptions } from '../git/porcelain/working-copy.js'
import * as workingCopy from '../git/porcelain/working-copy.js'
import type { Log } from '../logs/log.js'
import type { Host } from '../process/host.js'
import { type BoundCall, bindCall, type ClientCall } from './bound-call.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { graphql } from './graphql/graphql.js'
import type { ArtifactZip } from './rest/actions/artifacts.js'
import type { DispatchOptions } from './rest/actions/dispatch.js'
import type { WorkflowRunData } from './rest/actions/runs.js'
import type { Workflow } from './rest/actions/workflows.js'
import type { TreeEntry } from './rest/contents.js'
import type { Octokit } from './rest/octokit.js'
import type { Paging } from './rest/pages.js'
import type { AssetOptions, ReleaseAsset } from './rest/release-assets.js'
import type { Release, ReleaseListOptions, ReleaseOptions } from './rest/releases.js'
import type { RepositoryData, SearchOptions } from './rest/repositories.js'
import type { RestVersion } from './transport/api-version.js'
import type { Send } from './transport/message.js'

/** Each area of the API is loaded by its first request: an offline command needs none of them. */
const load = {
  artifacts: () => import('./rest/actions/artifacts.js'),
  contents: () => import('./rest/contents.js'),
  dispatch: () => import('./rest/actions/dispatch.js'),
  releaseAssets: () => import('./rest/release-assets.js'),
  releases: () => import('./rest/releases.js'),
  repositories: () => import('./rest/repositories.js'),
  runs: () => import('./rest/actions/runs.js'),
  workflows: () => import('./rest/actions/workflows.js'),
}

export interface GitHubClientOptions extends ConnectionOptions {
  /** The log of its requests; default: none. */
  log?: Log | undefined
}

/**
 * The part of GitHub's API that wizard uses. Data has GitHub's names, in snake_case; times are ISO
 * 8601.
 *
 * @throws every operation may throw GitHubError and its subclasses, and the signal's reason
 */
export class GitHubClient {
  readonly baseUrl: URL
  readonly gitUrl: string
  readonly owner: string | null
  readonly clock: Clock
  /** @internal */
  readonly redactor: Redactor
  /**
   * null: the client can send requests, but RepoSync and the other facades can't use it. @internal
   */
  readonly host: Host | null
  /** @internal */
  readonly send: Send
  /** @internal */
  readonly transfer: Send
  readonly #connection: Connection
  readonly #own: ClientCall
  readonly #bound: BoundCall
  #octokit: Promise<Octokit> | undefined

  /** @throws ConfigError for an invalid address */
  constructor(options?: GitHubClientOptions)
  /** For one call; see `with`. @internal */
  constructor(connection: Connection, call: ClientCall)
  constructor(given: GitHubClientOptions | Connection = {}, call: ClientCall = {}) {
    const connection = given instanceof Connection ? given : new Connection(given)
    const { baseUrl, gitUrl, owner, redactor, clock, host } = connection
    this.baseUrl = baseUrl
    this.gitUrl = gitUrl
    this.owner = owner
    this.redactor = redactor
    this.clock = clock
    this.host = host
    this.#connection = connection
    this.#own = given instanceof Connection ? call : { log: given.log }
    this.#bound = bindCall(connection, this.#own)
    this.send = this.#bound.send
    this.transfer = this.#bound.transfer
  }

  /**
   * The same client for one call, with its own signal and listener. It shares
   * the connections, so it needs no `close`. Missing options stay as they are.
   */
  with({ signal, deadline, emit, log }: ClientCall): GitHubClient {
    const own = this.#own
    return new GitHubClient(this.#connection, {
      signal: signal ?? own.signal,
      deadline: deadline === undefined ? own.deadline : deadline,
      emit: emit ?? own.emit,
      log: log ?? own.log,
    })
  }

  /** Requests that this call has sent to the API so far, including retries and 304s. */
  get requests(): number {
    return this.#bound.requests()
  }

  /** The version of the REST API that the server and wizard agree on. @internal */
  restVersion(): Promise<RestVersion> {
    return this.#connection.restVersion()
  }

  /** Whether there is a credential. */
  async authenticated(): Promise<boolean> {
    return (await this.#bound.credentials.source()) !== null
  }

  /** The credential's source in words; null: there is none. */
  credentialSource(): Promise<string | null> {
    return this.#bound.credentials.source()
  }

  /** Replaces every known credential, and everything that looks like one, by `***`. */
  redact(text: string): string {
    return this.redactor(text)
  }

  /** @internal */
  warn(message: string): void {
    this.#own.emit?.({ type: 'warning', message })
  }

  /** The options of git; the credential goes only to the origin of `gitUrl`. @internal */
  async git(): Promise<Git> {
    return this.#bound.git()
  }

  /** Octokit with this transport, for endpoints without an operation here. */
  octokit(): Promise<Octokit> {
    this.#octokit ??= this.#connection.octokit(this.send)
    return this.#octokit
  }

  /** Closes the client's own connections, for all its calls. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  /** Like `close`, for `await using client = new GitHubClient()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @throws GitHubError with every error of the query */
  graphql(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>> {
    return graphql(this, query, variables)
  }

  /**
   * Clones with all branches and tags. The folder appears once it is complete.
   *
   * @param ref a branch, a tag or a full commit id to check out; default: the default branch
   * @param options `submodules`: fills them in too
   * @throws PathError, also for a submodule that git or wizard refuses; ConflictError if something
   *   is at the destination; GitHubNotFoundError
   */
  cloneRepo(
    owner: string,
    repo: string,
    destination: string,
    ref?: string,
    options?: WorkingCopyOptions,
  ): Promise<CloneResult> {
    return workingCopy.cloneRepo(this, owner, repo, destination, ref, options)
  }

  /**
   * Brings the current branch up to its origin, forward only. Local changes stay.
   *
   * @param options `submodules`: they follow, and missing ones are filled in
   * @throws PathError if nothing is there; BlockedError, with nothing changed, if local work is in
   *   conflict
   */
  pullRepo(localPath: string, options?: WorkingCopyOptions): Promise<PullResult> {
    return workingCopy.pullRepo(this, localPath, options)
  }

  /** Whether the repository exists and is visible with this credential. */
  async repoExists(owner: string, repo: string): Promise<boolean> {
    return (await load.repositories()).repoExists(this, owner, repo)
  }

  /**
   * https://docs.github.com/en/rest/repos/repos#get-a-repository
   *
   * @throws GitHubNotFoundError if it does not exist or is not visible
   */
  async getRepo(owner: string, repo: string): Promise<RepositoryData> {
    return (await load.repositories()).getRepo(this, owner, repo)
  }

  /**
   * The repositories of an organization or user that this credential can see, by name: all pages,
   * or the requested one.
   *
   * @throws GitHubNotFoundError if there is no such account
   */
  async listRepositories(owner: string, paging?: Paging): Promise<RepositoryData[]> {
    return (await load.repositories()).listRepositories(this, owner, paging)
  }

  /**
   * At most 1,000, GitHub's maximum; if there are more, a `warning` event says so.
   * https://docs.github.com/en/rest/search/search#search-repositories
   */
  async searchRepositories(query: string, options?: SearchOptions): Promise<RepositoryData[]> {
    return (await load.repositories()).searchRepositories(this, query, options)
  }

  /**
   * All workflows, including disabled ones.
   * https://docs.github.com/en/rest/actions/workflows#list-repository-workflows
   */
  async listWorkflows(owner: string, repo: string): Promise<Workflow[]> {
    return (await load.workflows()).listWorkflows(this, owner, repo)
  }

  /**
   * Starts a workflow by its id, its file (`tests.yml` or `tests`) or its display name.
   *
   * @returns the run's id; null if the server does not return it (`WorkflowRunner.run` finds the
   *   run anyway)
   * @throws GitHubNotFoundError; UsageError if two workflows have that name; GitHubError with
   *   GitHub's message for wrong inputs
   */
  async runWorkflow(
    owner: string,
    repo: string,
    workflow: string | number,
    options?: DispatchOptions,
  ): Promise<string | null> {
    return (await load.dispatch()).runWorkflow(this, owner, repo, workflow, options)
  }

  /**
   * https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run
   *
   * @throws GitHubNotFoundError
   */
  async getWorkflowRun(
    owner: string,
    repo: string,
    runId: string | number,
  ): Promise<WorkflowRunData> {
    return (await load.runs()).getWorkflowRun(this, owner, repo, runId)
  }

  /**
   * Downloads the artifacts of a run: each as `NAME.zip` in the folder, or as `NAME/FILENAME` if it
   * is not a zip.
   *
   * @throws PathError for an artifact whose name can't be a file name
   */
  async downloadArtifacts(
    owner: string,
    repo: string,
    runId: string | number,
    destination: string,
  ): Promise<ArtifactZip[]> {
    return (await load.artifacts()).downloadArtifactFiles(this, owner, repo, runId, destination)
  }

  /**
   * https://docs.github.com/en/rest/releases/releases#create-a-release
   *
   * @throws GitHubError (422) if the tag already has a release
   */
  async createRelease(
    owner: string,
    repo: string,
    tag: string,
    options?: ReleaseOptions,
  ): Promise<Release> {
    return (await load.releases()).createRelease(this, owner, repo, tag, options)
  }

  /**
   * Uploads a file as an asset, as a stream.
   * https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
   *
   * @param uploadUrl `upload_url` of the release
   * @returns GitHub's data of the asset, and the hexadecimal digest of the bytes sent
   * @throws PathError for the file; GitHubError (422) if the name is taken; GitHubNetworkError,
   *   after which the asset may or may not exist
   */
  async uploadReleaseAsset(
    uploadUrl: string,
    filePath: string,
    options?: AssetOptions,
  ): Promise<ReleaseAsset & { sha256: string }> {
    return (await load.releaseAssets()).uploadReleaseAsset(this, uploadUrl, filePath, options)
  }

  /** All releases, newest first, including drafts if the user may push. */
  async listReleases(
    owner: string,
    repo: string,
    options?: ReleaseListOptions,
  ): Promise<Release[]> {
    return (await load.releases()).listReleases(this, owner, repo, options)
  }

  /** GitHub's latest release. @throws GitHubNotFoundError if there is none */
  async getLatestRelease(owner: string, repo: string): Promise<Release> {
    return (await load.releases()).getLatestRelease(this, owner, repo)
  }

  /** The text of a file, read as UTF-8. @throws as getFileBytes */
  async getFileContent(owner: string, repo: string, path: string, ref?: string): Promise<string> {
    return (await load.contents()).getFileContent(this, owner, repo, path, ref)
  }

  /**
   * The bytes of a file. A symbolic link is followed to a file in the repository.
   *
   * @param ref a branch, a tag or a commit id; default: the default branch
   * @throws PathError for a folder, a submodule, or a link that does not lead to a file;
   *   GitHubNotFoundError; GitHubError for a file of more than 100 MB, which the API does not serve
   */
  async getFileBytes(owner: string, repo: string, path: string, ref?: string): Promise<Buffer> {
    return (await load.contents()).getFileBytes(this, owner, repo, path, ref)
  }

  /**
   * The files and folders at a ref, in git's order; empty for a repository without a commit.
   *
   * @param ref a branch, a tag or a commit id; default: the default branch
   * @param recursive with everything below the folders
   * @throws GitHubNotFoundError if there is no such repository or ref
   */
  async getTree(
    owner: string,
    repo: string,
    ref?: string,
    recursive?: boolean,
  ): Promise<TreeEntry[]> {
    return (await load.contents()).getTree(this, owner, repo, ref, recursive)
  }
}
