import { createHash, randomBytes } from 'node:crypto'
import type { Addresses } from '../addresses.js'
import { withHeaders } from '../http/with-headers.js'
import type { Account } from '../model/repository.js'
import type { ApiVersion, World } from '../model/world.js'
import type { Storage } from '../storage.js'
import { authenticate } from './authentication.js'
import { Call } from './call.js'
import { ApiError, jsonType, notFound } from './errors.js'
import { Limits, type Resource } from './limits.js'
import type { Answer, Route } from './route.js'
import { asVersion, versionOf } from './versions.js'

export interface ApiRequest {
  request: Request
  addresses: Addresses
  /** Without an enterprise server's prefix. */
  path: string
}

export interface GraphQLRequest {
  viewer: Account | null
  addresses: Addresses
  limits: Limits
}

export interface ApiOptions {
  world: World
  storage: Storage
  routes: (limits: Limits) => Route[]
  /** null: this server has no GraphQL. */
  graphql: ((request: Request, context: GraphQLRequest) => Promise<Response>) | null
}

/**
 * REST and GraphQL as one function: authenticates, finds the route, answers, and adds the headers
 * that every answer has.
 */
export class Api {
  readonly #options: ApiOptions
  readonly #limits = new Limits()
  readonly #routes: Route[]

  constructor(options: ApiOptions) {
    this.#options = options
    this.#routes = options.routes(this.#limits)
  }

  async answer(api: ApiRequest): Promise<Response> {
    const resource = resourceOf(api.path)
    const { world } = this.#options
    let viewer: Account | null = null
    let version = world.apiVersions[0]
    const response = await caught(async () => {
      version = versionOf(world, api.request)
      viewer = authenticate(world, api)
      return revalidated(api.request, await this.#dispatch(api, viewer, version))
    })
    if (response.status !== 304 && api.path !== '/rate_limit') this.#limits.spend(resource, viewer)
    const selected = { 'x-github-api-version-selected': version ?? '' }
    const accepted = {
      'x-oauth-scopes': world.scopes,
      'x-accepted-oauth-scopes': response.headers.get('x-accepted-oauth-scopes') ?? '',
    }
    return withHeaders(response, {
      ...this.#headers(resource, viewer),
      ...(viewer === null ? {} : accepted),
      ...selected,
    })
  }

  async #dispatch(
    { request, addresses, path }: ApiRequest,
    viewer: Account | null,
    version: ApiVersion = '2022-11-28',
  ) {
    const { world, storage, graphql } = this.#options
    if (path === '/graphql' && graphql) {
      return graphql(request, { viewer, addresses, limits: this.#limits })
    }
    const named = namedPath(world, path)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    for (const { method: own, pattern, handle } of this.#routes) {
      const match = own === method ? pattern.exec(named) : null
      if (!match) continue
      const context = { world, storage, request, addresses, path: named, viewer, version }
      return toResponse(await handle(new Call(context, match.groups ?? {})), version)
    }
    throw notFound()
  }

  #headers(resource: Resource, viewer: Account | null): Record<string, string> {
    return {
      date: this.#options.world.httpDate(),
      'x-github-request-id': randomBytes(12).toString('hex').toUpperCase(),
      'x-github-media-type': 'github.v3; format=json',
      ...(viewer && expiry(this.#options.world)),
      ...this.#limits.headers(resource, viewer),
    }
  }
}

/** https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation */
function expiry({ tokenExpires }: World): Record<string, string> {
  if (tokenExpires === undefined) return {}
  const [day, time = ''] = tokenExpires.toISOString().split('T')
  return { 'github-authentication-token-expiration': `${day} ${time.slice(0, 8)} UTC` }
}

function resourceOf(path: string): Resource {
  if (path === '/graphql') return 'graphql'
  return path.startsWith('/search/') ? 'search' : 'core'
}

async function caught(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof ApiError) return error.response()
    throw error
  }
}

function toResponse(answer: Answer<unknown>, version: ApiVersion): Response {
  if (answer instanceof Response) return answer
  const { data, status = 200, headers } = answer
  return Response.json(asVersion(version, data), {
    status,
    headers: { ...jsonType, ...headers },
  })
}

/**
 * Link headers and redirects use ids in paths. Replaces them by names, so that one table of routes
 * serves both.
 */
function namedPath(world: World, path: string): string {
  const [, kind, id = '', ...rest] = path.split('/')
  const number = Number(id)
  if (kind === 'repositories') {
    const repository = world.repositoryById(number)
    return repository
      ? ['/repos', repository.owner.login, repository.name, ...rest].join('/')
      : path
  }
  if (kind !== 'organizations' && (kind !== 'user' || !Number.isInteger(number) || id === ''))
    return path
  const account = world.accountById(number)
  const collection = kind === 'organizations' ? '/orgs' : '/users'
  return account ? [collection, account.login, ...rest].join('/') : path
}

/**
 * Adds an ETag to the answer of every GET, or answers 304 if the client has it already (RFC 9110,
 * 13.1.2).
 */
async function revalidated(request: Request, response: Response): Promise<Response> {
  if (request.method !== 'GET' || response.status !== 200 || !response.body) return response
  const bytes = await response.arrayBuffer()
  const etag = `W/"${createHash('sha256').update(new Uint8Array(bytes)).digest('hex')}"`
  const headers = { etag, 'cache-control': 'private, max-age=60, s-maxage=60' }
  const known = request.headers.get('if-none-match')?.split(/,\s*/) ?? []
  return known.includes(etag)
    ? withHeaders(response, headers, { status: 304, body: null })
    : withHeaders(response, headers, { body: bytes })
}
