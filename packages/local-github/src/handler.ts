import { type Addresses, locate, type Origin, type Place, under, wellKnown } from './addresses.js'
import { Api } from './api/api.js'
import { routes } from './api/routes/index.js'
import { Faults } from './faults.js'
import { gitOrigin } from './git/origin.js'
import { answerGraphQL } from './graphql/endpoint.js'
import type { World } from './model/world.js'
import { type RecordedRequest, readWhole, record } from './record.js'
import { Storage } from './storage.js'

export interface HandlerOptions {
  world: World
  /** Addresses of the loopback servers; the well-known names work too. */
  own: Addresses
  /** Answers requests for any host name, such as those of other machines and containers. */
  anyHost: boolean
  graphql: boolean
  protocolV2: boolean
}

/** This whole GitHub as a function from Request to Response, with a record of its requests. */
export class GitHubHandler {
  readonly faults = new Faults()
  readonly requests: RecordedRequest[] = []
  readonly #families: (hostname: string) => Addresses[]
  readonly #origins: Record<Origin, (request: Request, place: Place) => Promise<Response>>

  constructor({ world, own, anyHost, graphql, protocolV2 }: HandlerOptions) {
    const named = [own, ...wellKnown]
    this.#families = (hostname) => (anyHost ? [...named, under(hostname, own)] : named)
    const storage = new Storage(() => world.now())
    const api = new Api({
      world,
      storage,
      routes,
      graphql: graphql ? (request, context) => answerGraphQL(request, { world, ...context }) : null,
    })
    const answerApi = (request: Request, { addresses, path }: Place) =>
      api.answer({ request, addresses, path })
    this.#origins = {
      api: answerApi,
      upload: answerApi,
      storage: (request) => storage.answer(request),
      git: (request, { addresses, path }) =>
        gitOrigin({ world, storage, request, path, addresses, options: { protocolV2 } }),
    }
  }

  readonly handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const place = locate(url, this.#families(url.hostname))
    if (!place) return new Response('This GitHub has no such host.\n', { status: 421 })
    const { noted, request: recorded } = record(request, place.origin)
    this.requests.push(noted)
    const asked = this.faults.askForBody ? await readWhole(recorded) : recorded
    return this.faults.apply(noted, () => this.#origins[place.origin](asked, place))
  }
}
