import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Addresses, isLoopback } from './addresses.js'
import type { Fault, FaultHandle } from './faults.js'
import { GitHubHandler } from './handler.js'
import { type Handler, type Listening, type Server, serve } from './http/serve.js'
import { Actions } from './model/actions.js'
import { Editor } from './model/editor.js'
import { type ApiVersion, World } from './model/world.js'
import type { RecordedRequest } from './record.js'

export type { Generated } from './content.js'
export type { Fault, FaultHandle } from './faults.js'
export type { Files } from './git/commit-request.js'
export { GitFailure, gitText } from './git/run.js'
export { hermetic } from './git/shell.js'
export type { AddedRun, StoredFile } from './model/actions.js'
export type { Hook, HookDelivery } from './model/hooks.js'
export type { LfsObject } from './model/lfs-objects.js'
export type { Asset, Release } from './model/releases.js'
export type { Run, RunEnd } from './model/runs.js'
export type { ApiVersion } from './model/world.js'
export type { RecordedRequest } from './record.js'
export { type ZipEntry, zip } from './zip.js'

export interface LocalGitHubOptions {
  /** The valid tokens; the first is `token`. Default: one. */
  tokens?: string[]
  /** More tokens, with which git and LFS may not push; REST and GraphQL make no difference. */
  readOnlyTokens?: string[]
  /** false: no GraphQL, as on an old enterprise server. */
  graphql?: boolean
  /** `/api/v3` for an enterprise server's addresses. */
  prefix?: '' | '/api/v3'
  /** false: git answers by protocol v0 only. */
  protocolV2?: boolean
  /** The login that every token belongs to. */
  viewer?: string
  /**
   * Where to listen: an address of this machine, or `0.0.0.0` or `::` for all. Default: 127.0.0.1.
   */
  host?: string
  /** The API's port; git, uploads and storage use the next three. Default: any free ports. */
  port?: number
  /** Entries of a tree after which the API truncates it. Default: 100,000, as on GitHub. */
  treeLimit?: number
  /**
   * The answer to a dispatch with `return_run_details`: the run (default), 204 without it, or 422.
   */
  runDetails?: 'given' | 'ignored' | 'refused'
  /** When every token expires, as answers say then. Default: never. */
  tokenExpires?: Date
  /**
   * The `repository` fields that a GraphQL query gets: the others are null, with the error
   * RESOURCE_LIMITS_EXCEEDED. Default: all.
   */
  graphqlLimit?: number
  /**
   * The versions of the REST API that it knows; the first answers requests that name none. Default:
   * 2022-11-28 and 2026-03-10, or the first alone with `runDetails`.
   */
  apiVersions?: ApiVersion[]
  /**
   * The scopes of every token, as GitHub's headers list them. Without `repo` or `admin:repo_hook`,
   * and for an organization without `admin:org_hook`, webhooks answer 404. Default: all of these.
   */
  scopes?: string
  /** Milliseconds that the receiver of a webhook may take to answer. Default: 10,000, as on GitHub. */
  hookTimeout?: number
  /** The server's clock, for everything it creates and answers. Default: this machine's. */
  now?: () => Date
}

/**
 * Starts a GitHub on loopback ports: REST, GraphQL, git over smart HTTP, uploads and storage, each
 * on its own origin. It keeps its repositories in a temporary folder, which `close` removes. Needs
 * the real `git`.
 *
 * @throws Error with node's code if it can't listen there: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`
 */
export async function startLocalGitHub(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
  const { tokens = ['ghp_local'], viewer = 'monalisa', host = '127.0.0.1', port = 0 } = options
  let handle: Handler = async () => Response.error()
  const servers = await listen((request) => handle(request), { host, port })
  const [api, git, upload, storage] = servers.map(({ url }) => url)
  const own = { api: api + (options.prefix ?? ''), git, upload, storage } as Addresses
  const folder = await mkdtemp(join(tmpdir(), 'local-github-'))
  const world = new World({ ...options, folder, tokens, viewer, addresses: own })
  const { graphql = true, protocolV2 = true } = options
  const handler = new GitHubHandler({ world, own, anyHost: !isLoopback(host), graphql, protocolV2 })
  handle = handler.handle
  return new LocalGitHub({ world, handler, own, servers })
}

/** Starts four servers, or none if one of them can't listen. */
async function listen(handler: Handler, { host, port }: Listening): Promise<Server[]> {
  const ports = [0, 1, 2, 3].map((offset) => (port === 0 ? 0 : port + offset))
  const started = await Promise.allSettled(ports.map((port) => serve(handler, { host, port })))
  const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = started.find((one) => one.status === 'rejected')
  if (!failed) return servers
  await Promise.all(servers.map((server) => server.close()))
  throw failed.reason
}

interface Parts {
  world: World
  handler: GitHubHandler
  own: Addresses
  servers: Server[]
}

export class LocalGitHub extends Editor {
  readonly apiUrl: string
  readonly gitUrl: string
  readonly uploadUrl: string
  readonly storageUrl: string
  /** All requests so far, in order of arrival. */
  readonly requests: RecordedRequest[]
  readonly actions: Actions
  /** The same GitHub without a socket, for msw. */
  readonly handle: Handler
  readonly #parts: Parts

  constructor(parts: Parts) {
    super(parts.world)
    this.#parts = parts
    this.actions = new Actions(parts.world)
    this.apiUrl = parts.own.api
    this.gitUrl = parts.own.git
    this.uploadUrl = parts.own.upload
    this.storageUrl = parts.own.storage
    this.requests = parts.handler.requests
    this.handle = parts.handler.handle
  }

  /** A valid token. */
  get token(): string {
    const [token] = this.world.tokens
    if (token === undefined) throw new Error('this GitHub was started without tokens')
    return token
  }

  /**
   * How git answers from now on without a credential: as GitHub at busy times, by a 401 or by an
   * `ERR` packet.
   */
  limitAnonymousGit(how: World['anonymousGit']): void {
    this.world.anonymousGit = how
  }

  /** Makes matching requests fail from now on. */
  fail(fault: Fault): FaultHandle {
    return this.#parts.handler.faults.add(fault)
  }

  /** Waits until every webhook on its way has its answer. */
  delivered(): Promise<void> {
    return this.world.hooks.settled()
  }

  async close(): Promise<void> {
    this.#parts.handler.faults.clear()
    await this.world.hooks.close()
    await Promise.all(this.#parts.servers.map((server) => server.close()))
    await rm(this.world.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
