import { once } from 'node:events'
import { clearLine, cursorTo, moveCursor } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'

/** Keeps what a command writes. */
export class Sink extends Writable {
  readonly #chunks: Buffer[] = []
  /** The output of this stream and its sibling, in order. */
  readonly #seen: Buffer[]

  constructor(seen: Buffer[]) {
    super()
    this.#seen = seen
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk)
    this.#seen.push(chunk)
    this.emit('written')
    done()
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString()
  }

  get shown(): string {
    return Buffer.concat(this.#seen).toString()
  }

  /** Resolves when it has been written. @throws if the command ends before */
  async shows(what: RegExp, ended: Promise<unknown>): Promise<void> {
    const isShown = () => what.test(this.text)
    while (!isShown()) {
      const isOver = await Promise.race([
        once(this, 'written').then(() => false),
        ended.then(() => true),
      ])
      if (isOver && !isShown()) throw new Error(`it ended without ${what}: ${this.text}`)
    }
  }
}

/** A terminal's streams: they share one screen, whose lines can be redrawn. */
export class TerminalSink extends Sink {
  readonly isTTY = true
  readonly columns: number
  readonly rows = 24

  constructor(columns: number, seen: Buffer[]) {
    super(seen)
    this.columns = columns
  }

  cursorTo(x: number, y?: number): boolean {
    return cursorTo(this, x, y)
  }

  moveCursor(dx: number, dy: number): boolean {
    return moveCursor(this, dx, dy)
  }

  clearLine(direction: -1 | 0 | 1): boolean {
    return clearLine(this, direction)
  }
}

/** Types one answer as soon as a question appears. */
export class Keyboard {
  readonly stream = Object.assign(new PassThrough(), { isTTY: true })
  readonly #answer: string
  #hasTyped = false

  constructor(answer: string) {
    this.#answer = answer
  }

  look(shown: string): void {
    if (!shown.includes('[y/N]') || this.#hasTyped) return
    this.#hasTyped = true
    // Nobody answers while the question is still being written.
    setImmediate(() => this.stream.end(`${this.#answer}\r`))
  }
}
