import type { Call } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { CommonEvent } from '../base/events.js'
import type { Redactor } from '../base/redact.js'
import type { Git } from '../git/git.js'
import type { CloneResult } from '../git/porcelain/clone/clone.js'
import type { PullResult } from '../git/porcelain/pull.js'
import { createWaits } from '../http/waits.js'
import type { Log } from '../logs/log.js'
import type { Host } from '../process/host.js'
import type { CallCredentials } from './auth/credential-waiters.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { graphql } from './graphql/graphql.js'
import type { Workflow, WorkflowRunData } from './rest/actions-shapes.js'
import type { Api } from './rest/api.js'
import * as artifacts from './rest/artifacts.js'
import * as contents from './rest/contents.js'
import type { Octokit } from './rest/octokit.js'
import type { Paging } from './rest/pages.js'
import * as releaseAssets from './rest/release-assets.js'
import * as releases from './rest/releases.js'
import * as repositories from './rest/repositories.js'
import type { Release, ReleaseAsset, RepositoryData, TreeEntry } from './rest/shapes.js'
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
export class GitHubClient implements Api {
  readonly baseUrl: URL
  readonly gitUrl: string
  readonly owner: string | null
  readonly redactor: Redactor
  readonly clock: Clock
  /** null: it sends requests, and nothing else can be made of it. */
  readonly host: Host | null
  readonly send: Send
  readonly transfer: Send
  readonly #connection: Connection
  readonly #own: ClientCall
  readonly #reporter: RequestReporter
  readonly #call: TransportCall
  readonly #credentials: CallCredentials
  #octokit: Promise<Octokit> | undefined

  /** @throws ConfigError for a wrong address */
  constructor(options?: GitHubClientOptions)
  /** Of one call; see `with`. */
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

  redact(text: string): string {
    return this.redactor(text)
  }

  warn(message: string): void {
    this.#own.emit?.({ type: 'warning', message })
  }

  /** What git needs: the credential goes to the origin of `gitUrl` alone. */
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

  /** With all branches and tags; `ref`: a branch, a tag or a full commit id. */
  cloneRepo(owner: string, repo: string, destination: string, ref?: string): Promise<CloneResult> {
    return workingCopy.cloneRepo(this, owner, repo, destination, ref)
  }

  /** The branch that is checked out, forward only. @throws BlockedError with nothing changed */
  pullRepo(localPath: string): Promise<PullResult> {
    return workingCopy.pullRepo(this, localPath)
  }

  /** Whether it is there and visible with this credential. */
  repoExists(owner: string, repo: string): Promise<boolean> {
    return repositories.repoExists(this, owner, repo)
  }

  getRepo(owner: string, repo: string): Promise<RepositoryData> {
    return repositories.getRepo(this, owner, repo)
  }

  /** By name: all pages, or the one asked for. */
  listRepositories(owner: string, paging?: Paging): Promise<RepositoryData[]> {
    return repositories.listRepositories(this, owner, paging)
  }

  /** At most 1,000, which is all that GitHub gives; more is told as a warning. */
  searchRepositories(
    query: string,
    options?: repositories.SearchOptions,
  ): Promise<RepositoryData[]> {
    return repositories.searchRepositories(this, query, options)
  }

  listWorkflows(owner: string, repo: string): Promise<Workflow[]> {
    return workflows.listWorkflows(this, owner, repo)
  }

  /** The run's id; null where the server does not tell it. */
  runWorkflow(
    owner: string,
    repo: string,
    workflow: string | number,
    options?: workflows.DispatchOptions,
  ): Promise<string | null> {
    return workflows.runWorkflow(this, owner, repo, workflow, options)
  }

  getWorkflowRun(owner: string, repo: string, runId: string | number): Promise<WorkflowRunData> {
    return workflows.getWorkflowRun(this, owner, repo, runId)
  }

  /** Each as `NAME.zip` in the folder. */
  downloadArtifacts(
    owner: string,
    repo: string,
    runId: string | number,
    destination: string,
  ): Promise<artifacts.DownloadedArtifact[]> {
    return artifacts.downloadArtifacts(this, owner, repo, runId, destination)
  }

  createRelease(
    owner: string,
    repo: string,
    tag: string,
    options?: releases.ReleaseOptions,
  ): Promise<Release> {
    return releases.createRelease(this, owner, repo, tag, options)
  }

  uploadReleaseAsset(
    uploadUrl: string,
    filePath: string,
    options?: releaseAssets.AssetOptions,
  ): Promise<ReleaseAsset & { sha256: string }> {
    return releaseAssets.uploadReleaseAsset(this, uploadUrl, filePath, options)
  }

  listReleases(
    owner: string,
    repo: string,
    options?: releases.ReleaseListOptions,
  ): Promise<Release[]> {
    return releases.listReleases(this, owner, repo, options)
  }

  getLatestRelease(owner: string, repo: string): Promise<Release> {
    return releases.getLatestRelease(this, owner, repo)
  }

  /** As UTF-8 text. */
  getFileContent(owner: string, repo: string, path: string, ref?: string): Promise<string> {
    return contents.getFileContent(this, owner, repo, path, ref)
  }

  getFileBytes(owner: string, repo: string, path: string, ref?: string): Promise<Buffer> {
    return contents.getFileBytes(this, owner, repo, path, ref)
  }

  getTree(owner: string, repo: string, ref?: string, recursive?: boolean): Promise<TreeEntry[]> {
    return contents.getTree(this, owner, repo, ref, recursive)
  }
}
