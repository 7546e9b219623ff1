import type { Client } from 'pg'
import type { Clock } from '../../../base/clock.js'
import { type PostgresPool, quoteName } from './postgres-pool.js'

/** Milliseconds until another try to listen. */
const reconnectAfter = 1000
/** Milliseconds after which the listener is called anyway: a notice may be lost with its sender. */
const callEvery = 5000

interface Notices {
  channel: string
  isOwn(payload: string | undefined): boolean
  listener(): void
}

/** Calls a listener at each notice of another process. A lost connection is made again. */
export class NoticeWatch {
  readonly #pool: PostgresPool
  readonly #clock: Clock
  readonly #notices: Notices
  #client: Client | null = null
  #hasEnded = false
  #cancelConnect = () => {}
  #cancelCall = () => {}

  constructor(pool: PostgresPool, clock: Clock, notices: Notices) {
    this.#pool = pool
    this.#clock = clock
    this.#notices = notices
    void this.#connect()
    this.#callRegularly()
  }

  end(): void {
    this.#hasEnded = true
    this.#cancelConnect()
    this.#cancelCall()
    this.#drop()
  }

  async #connect(): Promise<void> {
    const { channel, isOwn, listener } = this.#notices
    try {
      const client = await this.#pool.connect()
      this.#client = client
      client.on('end', () => this.#connectLater())
      client.on('notification', ({ payload }) => {
        if (!this.#hasEnded && !isOwn(payload)) listener()
      })
      await client.query(`LISTEN ${quoteName(channel)}`)
      if (this.#hasEnded) return this.#drop()
      // It has missed what was sent before.
      listener()
    } catch {
      if (this.#client === null) this.#connectLater()
      else this.#drop()
    }
  }

  #connectLater(): void {
    this.#client = null
    if (!this.#hasEnded) {
      this.#cancelConnect = this.#clock.after(reconnectAfter, () => void this.#connect())
    }
  }

  #drop(): void {
    this.#client?.end().catch(() => {})
  }

  #callRegularly(): void {
    this.#cancelCall = this.#clock.after(callEvery, () => {
      this.#notices.listener()
      this.#callRegularly()
    })
  }
}
