import type { Call, CommonEvent } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { Redactor } from '../base/redact.js'
import type { Git } from '../git/git.js'
import type { CloneResult } from '../git/porcelain/clone/clone.js'
import type { PullResult } from '../git/porcelain/pull.js'
import { createWaits } from '../http/policy/waits.js'
import type { Log } from '../logs/log.js'
import type { Host } from '../process/host.js'
import type { CallCredentials } from './auth/credential-waiters.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { graphql } from './graphql/graphql.js'
import * as artifacts from './rest/artifacts.js'
import type { TreeEntry } from './rest/contents.js'
import * as contents from './rest/contents.js'
import * as dispatch from './rest/dispatch.js'
import type { Octokit } from './rest/octokit.js'
import type { Paging } from './rest/pages.js'
import type { ReleaseAsset } from './rest/release-assets.js'
import * as releaseAssets from './rest/release-assets.js'
import type { Release } from './rest/releases.js'
import * as releases from './rest/releases.js'
import type { RepositoryData } from './rest/repositories.js'
import * as repositories from './rest/repositories.js'
import type { WorkflowRunData } from './rest/runs.js'
import * as runs from './rest/runs.js'
import type { Workflow } from './rest/workflows.js'
import * as workflows from './rest/workflows.js'
import type { TransportCall } from './transport/call.js'
import type { Send } from './transport/message.js'
import { createRequestReporter, type RequestReporter } from './transport/request-reporter.js'
import * as workingCopy from './working-copy.js'

export interface GitHubClientOptions extends ConnectionOptions {
  /** Of its requests; default: none. */
  log?: Log | undefined
}

/** What belongs to one call: see `with`. */
export interface ClientCall extends Call<CommonEvent> {
  log?: Log | undefined
}

/**
 * GitHub's API as this tool uses it. Data has GitHub's names, in snake_case; times are ISO 8601.
 *
 * @throws every operation may throw GitHubError and its kinds, and the signal's reason
 */
export class GitHubClient {
  readonly baseUrl: URL
  readonly gitUrl: string
  readonly owner: string | null
  readonly clock: Clock
  /** @internal */
  readonly redactor: Redactor
  /** null: it sends requests, and nothing else can be made of it. @internal */
  readonly host: Host | null
  /** @internal */
  readonly send: Send
  /** @internal */
  readonly transfer: Send
  readonly #connection: Connection
  readonly #own: ClientCall
  readonly #reporter: RequestReporter
  readonly #call: TransportCall
  readonly #credentials: CallCredentials
  #octokit: Promise<Octokit> | undefined

  /** @throws ConfigError for a wrong address */
  constructor(options?: GitHubClientOptions)
  /** Of one call; see `with`. @internal */
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
    const { signal, deadline = null, emit, log } = this.#own
    this.#reporter = createRequestReporter({ clock, emit, log, redact: redactor })
    const { onWait } = this.#reporter
    const waits = createWaits({ clock, deadline, signal, onWait })
    this.#call = { signal, waits, listener: this.#reporter }
    this.#credentials = connection.credentials(this.#call)
    const { send, transfer } = connection.transport(this.#call, this.#credentials)
    this.send = send
    this.transfer = transfer
  }

  /**
   * The same client for one call, which can be stopped, and heard, without the others. It costs nothing, and needs no
   * `close`. What is left out is as it is here.
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

  /** Requests sent to the API by this call so far, each try and each 304 counted. */
  get requests(): number {
    return this.#reporter.requests
  }

  /** Whether there is a credential. */
  async authenticated(): Promise<boolean> {
    return (await this.#credentials.source()) !== null
  }

  /** Where the credential comes from, in words; null: there is none. */
  credentialSource(): Promise<string | null> {
    return this.#credentials.source()
  }

  /** The text with every credential that is known here, and whatever looks like one, replaced by `***`. */
  redact(text: string): string {
    return this.redactor(text)
  }

  /** @internal */
  warn(message: string): void {
    this.#own.emit?.({ type: 'warning', message })
  }

  /** What git needs: the credential goes to the origin of `gitUrl` only. @internal */
  async git(): Promise<Git> {
    const { dispatcher, clock } = this.#connection
    const { signal, waits } = this.#call
    const { origin } = new URL(this.gitUrl)
    return {
      dispatcher,
      clock,
      signal,
      waits,
      authorization: async (url) => {
        const token = url.origin === origin ? await this.#credentials.token() : undefined
        if (token === undefined) return undefined
        return `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
      },
    }
  }

  /** Octokit on this transport, for what has no operation here. */
  octokit(): Promise<Octokit> {
    this.#octokit ??= this.#connection.octokit(this.send)
    return this.#octokit
  }

  /** Ends the client's connections, unless they were given; for all its calls. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  /** @throws GitHubError with everything that is wrong with the query */
  graphql(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>> {
    return graphql(this, query, variables)
  }

  /**
   * Clones with all branches and tags. The folder appears when it is whole.
   *
   * @param ref a branch, a tag or a full commit id to check out; default: the default branch
   * @throws PathError; ConflictError where something is at the destination; GitHubNotFoundError
   */
  cloneRepo(owner: string, repo: string, destination: string, ref?: string): Promise<CloneResult> {
    return workingCopy.cloneRepo(this, owner, repo, destination, ref)
  }

  /**
   * Brings the branch that is checked out up to its origin, forward only. Local changes stay.
   *
   * @throws PathError where there is nothing; BlockedError, with nothing changed, where local work is in the way
   */
  pullRepo(localPath: string): Promise<PullResult> {
    return workingCopy.pullRepo(this, localPath)
  }

  /** Whether it is there and visible with this credential. */
  repoExists(owner: string, repo: string): Promise<boolean> {
    return repositories.repoExists(this, owner, repo)
  }

  /**
   * https://docs.github.com/en/rest/repos/repos#get-a-repository
   *
   * @throws GitHubNotFoundError where it does not exist or is not visible
   */
  getRepo(owner: string, repo: string): Promise<RepositoryData> {
    return repositories.getRepo(this, owner, repo)
  }

  /**
   * The repositories of an organization or user that this credential may see, by name: all pages, or the one asked for.
   *
   * @throws GitHubNotFoundError where there is no such account
   */
  listRepositories(owner: string, paging?: Paging): Promise<RepositoryData[]> {
    return repositories.listRepositories(this, owner, paging)
  }

  /**
   * At most 1,000, which is all that GitHub gives; where it found more, a `warning` event says so.
   * https://docs.github.com/en/rest/search/search#search-repositories
   */
  searchRepositories(
    query: string,
    options?: repositories.SearchOptions,
  ): Promise<RepositoryData[]> {
    return repositories.searchRepositories(this, query, options)
  }

  /** All workflows, disabled ones too. https://docs.github.com/en/rest/actions/workflows#list-repository-workflows */
  listWorkflows(owner: string, repo: string): Promise<Workflow[]> {
    return workflows.listWorkflows(this, owner, repo)
  }

  /**
   * Starts a workflow, which is named by its id, its file (`tests.yml` or `tests`) or its display name.
   *
   * @returns the run's id; null where the server does not tell it: `WorkflowRunner.run` finds the run all the same
   * @throws GitHubNotFoundError; UsageError where two workflows have that name; GitHubError with GitHub's words for wrong
   *   inputs
   */
  runWorkflow(
    owner: string,
    repo: string,
    workflow: string | number,
    options?: dispatch.DispatchOptions,
  ): Promise<string | null> {
    return dispatch.runWorkflow(this, owner, repo, workflow, options)
  }

  /**
   * https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run
   *
   * @throws GitHubNotFoundError
   */
  getWorkflowRun(owner: string, repo: string, runId: string | number): Promise<WorkflowRunData> {
    return runs.getWorkflowRun(this, owner, repo, runId)
  }

  /**
   * The artifacts of a run, each as `NAME.zip` in the folder.
   *
   * @throws PathError for an artifact whose name cannot be a file's
   */
  downloadArtifacts(
    owner: string,
    repo: string,
    runId: string | number,
    destination: string,
  ): Promise<artifacts.ArtifactZip[]> {
    return artifacts.downloadArtifactZips(this, owner, repo, runId, destination)
  }

  /**
   * https://docs.github.com/en/rest/releases/releases#create-a-release
   *
   * @throws GitHubError (422) where the tag has a release already
   */
  createRelease(
    owner: string,
    repo: string,
    tag: string,
    options?: releases.ReleaseOptions,
  ): Promise<Release> {
    return releases.createRelease(this, owner, repo, tag, options)
  }

  /**
   * Sends a file as an asset, as a stream. https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
   *
   * @param uploadUrl `upload_url` of the release
   * @returns the asset as GitHub has it, and the hexadecimal digest of the bytes sent
   * @throws PathError for the file; GitHubError (422) where the name is taken; GitHubNetworkError, after which the asset may
   *   or may not be there
   */
  uploadReleaseAsset(
    uploadUrl: string,
    filePath: string,
    options?: releaseAssets.AssetOptions,
  ): Promise<ReleaseAsset & { sha256: string }> {
    return releaseAssets.uploadReleaseAsset(this, uploadUrl, filePath, options)
  }

  /** All releases, newest first; drafts are among them for those who may push. */
  listReleases(
    owner: string,
    repo: string,
    options?: releases.ReleaseListOptions,
  ): Promise<Release[]> {
    return releases.listReleases(this, owner, repo, options)
  }

  /** The release that GitHub calls latest. @throws GitHubNotFoundError where there is none */
  getLatestRelease(owner: string, repo: string): Promise<Release> {
    return releases.getLatestRelease(this, owner, repo)
  }

  /** The text of a file, read as UTF-8. @throws as getFileBytes */
  getFileContent(owner: string, repo: string, path: string, ref?: string): Promise<string> {
    return contents.getFileContent(this, owner, repo, path, ref)
  }

  /**
   * The bytes of a file. The path of a symbolic link gives the file that it leads to within the repository.
   *
   * @param ref a branch, a tag or a commit id; default: the default branch
   * @throws PathError for a folder, a submodule, a link that leads to no file; GitHubNotFoundError; GitHubError for a file
   *   of more than 100 MB, which the API does not give
   */
  getFileBytes(owner: string, repo: string, path: string, ref?: string): Promise<Buffer> {
    return contents.getFileBytes(this, owner, repo, path, ref)
  }

  /**
   * The files and folders at a ref, in git's order; empty for a repository without a commit.
   *
   * @param ref a branch, a tag or a commit id; default: the default branch
   * @param recursive with everything below the folders
   * @throws GitHubNotFoundError where there is no such repository or ref
   */
  getTree(owner: string, repo: string, ref?: string, recursive?: boolean): Promise<TreeEntry[]> {
    return contents.getTree(this, owner, repo, ref, recursive)
  }
}
