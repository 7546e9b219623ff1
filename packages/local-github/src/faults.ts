import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Origin } from './addresses.js'
import { damage } from './damage.js'
import type { RecordedRequest } from './record.js'

export interface Fault {
  /** The requests that it meets; without any of the five, all. */
  origin?: Origin
  method?: string
  /** Matches the path with its query. */
  path?: RegExp
  /** Matches the body as `requests` records it: `/command=fetch/` is where git requests a pack. */
  asking?: RegExp
  /** Matches the `user-agent`, to meet one of several clients. */
  client?: RegExp
  /** How many matching requests pass before the fault applies. */
  skip?: number
  /** How many requests it meets; without it, all until it is removed. */
  times?: number

  /** Runs on the server or in the client's folder while the request waits for its answer. */
  meanwhile?: () => unknown
  /** Answers with this status, and GitHub does nothing. */
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer | object
  /** Milliseconds before anything happens; `forever`: silence until `remove()` or `close()`. */
  delay?: 'forever' | number
  /**
   * The connection closes after this many bytes of the answer's body, or at its end if it is
   * shorter.
   */
  cutAfter?: number
  /** Changes this byte of the answer's body. */
  corruptAt?: number
  /** Makes another body of the answer's whole one; an object becomes JSON. */
  rewrite?: (body: Buffer) => string | Buffer | object
  /** GitHub carries out the request, and the connection closes before a byte of the answer. */
  dropAnswer?: boolean
}

export interface FaultHandle {
  /** How many requests have met it. */
  readonly hits: number
  /** Removes it; requests that it delays continue as if it had not existed. */
  remove(): void
}

/** The active faults, matched in the order in which they were added. */
export class Faults {
  readonly #active: ActiveFault[] = []

  add(fault: Fault): FaultHandle {
    const active = new ActiveFault(fault, () => {
      this.#active.splice(this.#active.indexOf(active), 1)
    })
    this.#active.push(active)
    return active
  }

  /** Whether a request's body must be read to find the fault that meets it. */
  get askForBody(): boolean {
    return this.#active.some(({ asksForBody }) => asksForBody)
  }

  /** Answers a request through the first fault that matches it, or normally. */
  async apply(request: RecordedRequest, answer: () => Promise<Response>): Promise<Response> {
    const fault = this.#active.find((candidate) => candidate.matches(request))
    return fault ? fault.apply(answer) : answer()
  }

  clear(): void {
    for (const fault of [...this.#active]) fault.remove()
  }
}

class ActiveFault implements FaultHandle {
  hits = 0
  #passed = 0
  readonly #fault: Fault
  readonly #forget: () => void
  readonly #removal = new AbortController()

  constructor(fault: Fault, forget: () => void) {
    this.#fault = fault
    this.#forget = forget
  }

  remove(): void {
    if (this.#removal.signal.aborted) return
    this.#forget()
    this.#removal.abort()
  }

  get asksForBody(): boolean {
    return this.#fault.asking !== undefined
  }

  matches({ origin, method, path, body, headers }: RecordedRequest): boolean {
    const wanted = this.#fault
    if (wanted.times !== undefined && this.hits >= wanted.times) return false
    if (wanted.origin !== undefined && wanted.origin !== origin) return false
    if (wanted.method !== undefined && wanted.method.toUpperCase() !== method) return false
    if (wanted.asking !== undefined && !wanted.asking.test(body)) return false
    if (wanted.client?.test(headers['user-agent'] ?? '') === false) return false
    if (wanted.path !== undefined && !wanted.path.test(path)) return false
    return this.#passed++ >= (wanted.skip ?? 0)
  }

  async apply(answer: () => Promise<Response>): Promise<Response> {
    this.hits++
    await this.#fault.meanwhile?.()
    await this.#delay()
    if (this.#removal.signal.aborted) return answer()
    return damage(this.#instead() ?? (await answer()), this.#fault)
  }

  /** Ends early, without an error, when the fault is removed. */
  async #delay(): Promise<void> {
    const { delay } = this.#fault
    const { signal } = this.#removal
    if (delay === undefined || signal.aborted) return
    if (delay === 'forever') await once(signal, 'abort')
    else await setTimeout(delay, undefined, { ref: false, signal }).catch(() => {})
  }

  #instead(): Response | undefined {
    const { status, headers = {}, body } = this.#fault
    if (status === undefined && body === undefined) return undefined
    if (typeof body !== 'object' || Buffer.isBuffer(body)) {
      return new Response(body ?? null, { status: status ?? 200, headers })
    }
    return Response.json(body, { status: status ?? 200, headers })
  }
}
