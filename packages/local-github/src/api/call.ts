import type { Addresses } from '../addresses.js'
import type { Account, Repository } from '../model/repository.js'
import type { ApiVersion, World } from '../model/world.js'
import type { Blob, Storage } from '../storage.js'
import { ApiError, needsAuthentication, notFound } from './errors.js'

export interface CallContext {
  world: World
  storage: Storage
  request: Request
  addresses: Addresses
  /** The path without a prefix, with ids replaced by names. */
  path: string
  /** The authenticated account; null without a token. */
  viewer: Account | null
  version: ApiVersion
}

/** One request to the API, and what a route needs to answer it. */
export class Call {
  readonly world: World
  readonly storage: Storage
  readonly request: Request
  readonly addresses: Addresses
  readonly path: string
  readonly viewer: Account | null
  /** Of the REST API. */
  readonly version: ApiVersion
  readonly query: URLSearchParams
  readonly #parameters: Record<string, string | undefined>

  constructor(context: CallContext, parameters: Record<string, string | undefined>) {
    this.world = context.world
    this.storage = context.storage
    this.request = context.request
    this.addresses = context.addresses
    this.path = context.path
    this.viewer = context.viewer
    this.version = context.version
    this.query = new URL(context.request.url).searchParams
    this.#parameters = parameters
  }

  /** A decoded segment of the path. @throws ApiError 400 */
  parameter(name: string): string {
    try {
      return decodeURIComponent(this.#parameters[name] ?? '')
    } catch {
      throw new ApiError(400, 'Malformed path')
    }
  }

  /** @throws ApiError 404 if it is not a number */
  id(name: string): number {
    const id = Number(this.parameter(name))
    if (!Number.isSafeInteger(id)) throw notFound()
    return id
  }

  /** @throws ApiError 401 */
  requireViewer(): Account {
    if (!this.viewer) throw needsAuthentication()
    return this.viewer
  }

  /**
   * The repository in the path.
   *
   * @throws ApiError 301 if it was renamed, 404 if it is missing or not visible
   */
  repository(): Repository {
    const name = `${this.parameter('owner')}/${this.parameter('repo')}`
    const repository = this.world.repository(name)
    if (repository && this.world.visible(repository, this.viewer)) return repository
    const renamed = repository ? undefined : this.world.renamedFrom(name)
    if (!renamed || !this.world.visible(renamed, this.viewer)) throw notFound()
    throw this.#moved(renamed, name)
  }

  /**
   * The repository of a request that changes something.
   *
   * @throws ApiError 401, 403 for an archived one
   */
  writableRepository(): Repository {
    const repository = this.repository()
    this.requireViewer()
    if (repository.archived) {
      throw new ApiError(403, 'Repository was archived so is read-only.')
    }
    return repository
  }

  /** The JSON body. @throws ApiError 400 if it is not JSON */
  async body(): Promise<Record<string, unknown>> {
    const text = await this.request.text()
    if (text === '') return {}
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      throw new ApiError(400, 'Problems parsing JSON')
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ApiError(400, 'Body should be a JSON object')
    }
    return { ...body }
  }

  /** In bytes; undefined if the client does not say. */
  contentLength(): number | undefined {
    const header = this.request.headers.get('content-length')
    return header === null ? undefined : Number(header)
  }

  accepts(type: string): boolean {
    return (this.request.headers.get('accept') ?? '').includes(type)
  }

  /** Redirects (302) to the storage's own origin, as the API does for all downloads. */
  toStorage(blob: Blob): Response {
    const location = this.addresses.storage + this.storage.sign(blob)
    return new Response(null, { status: 302, headers: { location } })
  }

  #moved(repository: Repository, formerName: string): ApiError {
    const rest = this.path.slice(`/repos/${formerName}`.length)
    const { search } = new URL(this.request.url)
    const location = `${this.addresses.api}/repositories/${repository.id}${rest}${search}`
    return new ApiError(301, 'Moved Permanently', { headers: { location } })
  }
}
