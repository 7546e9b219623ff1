import type { Client } from 'pg'
import type { Clock } from '../../../base/clock.js'
import { type PostgresPool, quoteName } from './postgres-pool.js'

/** Milliseconds between two tries to listen. */
const listenAgain = 1000
/** Milliseconds after which the listener is called anyway: a notice may be lost with its sender. */
const lookAgain = 5000

interface Notices {
  channel: string
  isOwn(payload: string | undefined): boolean
  listener(): void
}

/** Calls a listener at the notices of others, over a connection that is made again when it is lost. */
export class NoticeWatch {
  readonly #pool: PostgresPool
  readonly #clock: Clock
  readonly #notices: Notices
  #client: Client | null = null
  #hasEnded = false
  #cancelConnect = () => {}
  #cancelLook = () => {}

  constructor(pool: PostgresPool, clock: Clock, notices: Notices) {
    this.#pool = pool
    this.#clock = clock
    this.#notices = notices
    void this.#connect()
    this.#look()
  }

  end(): void {
    this.#hasEnded = true
    this.#cancelConnect()
    this.#cancelLook()
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
      // What was sent before is not heard.
      listener()
    } catch {
      if (this.#client === null) this.#connectLater()
      else this.#drop()
    }
  }

  #connectLater(): void {
    this.#client = null
    if (!this.#hasEnded) {
      this.#cancelConnect = this.#clock.after(listenAgain, () => void this.#connect())
    }
  }

  #drop(): void {
    this.#client?.end().catch(() => {})
  }

  #look(): void {
    this.#cancelLook = this.#clock.after(lookAgain, () => {
      this.#notices.listener()
      this.#look()
    })
  }
}
