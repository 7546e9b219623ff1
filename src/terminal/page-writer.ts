import type { Readable } from 'node:stream'
import type { Environment } from '../base/environment.js'
import { plainText } from '../base/text.js'
import { insideActions } from './actions.js'
import { oneChunk, type Page, tableLines } from './page.js'
import { type Stream, withLinks } from './stream.js'

export interface PageWriterOptions {
  stdin(): Readable & { isTTY?: boolean }
  stdout: NodeJS.WriteStream
  env: Environment
  /** Removes secrets from everything that is written, except a result's bytes. */
  redact(text: string): string
  /** Whether results may be shown with a pager, which reads the keyboard. */
  canPage?: boolean | undefined
  /** Ends the command's work, whose rest nobody reads. */
  stop?(): void
  /** See Io. */
  onInterrupt?(listener: () => void): () => void
}

/** Writes results: on stdout, or to the user's pager. */
export class PageWriter {
  readonly #out: Stream
  readonly #options: PageWriterOptions

  constructor(out: Stream, options: PageWriterOptions) {
    this.#out = out
    this.#options = options
  }

  /** @param isLong on a terminal, text that does not fit on the screen is read with a pager */
  async show(page: Page, isLong: boolean): Promise<void> {
    if (page.kind === 'bytes')
      this.#out.write(this.#out.isTerminal ? shownBytes(page.bytes) : page.bytes)
    if (page.kind === 'text') await this.#showText(page.chunks, isLong)
    if (page.kind === 'lines') await this.#showLines(this.#clean(page.lines), isLong)
    if (page.kind === 'table') {
      const { formatted, below } = await tableLines(page, this.#out, this.#options.redact)
      await this.#showLines([...formatted, ...this.#clean(below)], isLong)
    }
  }

  /** Keeps foreign text's colours on a terminal, and stops Actions from reading it as commands. */
  async showForeign(stream: Stream, chunks: AsyncIterable<string>): Promise<void> {
    const mark = insideActions(this.#options.env) ? crypto.randomUUID() : null
    if (mark) stream.write(`::stop-commands::${mark}\n`)
    let last = '\n'
    try {
      for await (const chunk of chunks) {
        await stream.writeAll(this.#options.redact(chunk))
        last = chunk.at(-1) ?? last
      }
    } finally {
      if (mark) stream.write(`${last === '\n' ? '' : '\n'}::${mark}::\n`)
    }
  }

  async #showText(chunks: AsyncIterable<string>, isLong: boolean): Promise<void> {
    const { redact } = this.#options
    const isShown = isLong && (await this.#page(mapped(chunks, redact), true))
    if (!isShown) await this.showForeign(this.#out, chunks)
  }

  async #showLines(lines: string[], isLong: boolean): Promise<void> {
    if (lines.length === 0) return
    const text = `${lines.join('\n')}\n`
    const isShown =
      isLong && lines.length >= this.#out.height && (await this.#page(oneChunk(text), false))
    if (!isShown) this.#out.write(text)
  }

  /**
   * @param isWork the text comes from work that goes on, which nobody needs once the pager is gone
   * @returns false without a terminal or a pager
   */
  async #page(text: AsyncIterable<string>, isWork: boolean): Promise<boolean> {
    const { canPage, stdin, onInterrupt } = this.#options
    if (!canPage || !this.#out.canRedraw || stdin().isTTY !== true) return false
    const { page } = await import('./pager.js')
    // Ctrl-C is the pager's.
    const leave = onInterrupt?.(() => {})
    try {
      return await page(text, { ...this.#options, onGone: () => isWork && this.#options.stop?.() })
    } finally {
      leave?.()
    }
  }

  #clean(lines: string[]): string[] {
    const out = this.#out
    const clean = (line: string) =>
      out.asLine(
        plainText(this.#options.redact(line), { colours: out.hasColour }).replace(/\s*\n\s*/g, ' '),
      )
    return lines.map((line) => withLinks(clean(line), out))
  }
}

/** On a terminal a file must not move the cursor; elsewhere it is byte for byte. */
const shownBytes = (bytes: Uint8Array): string =>
  plainText(new TextDecoder().decode(bytes), { colours: true })

async function* mapped(chunks: AsyncIterable<string>, change: (chunk: string) => string) {
  for await (const chunk of chunks) yield change(chunk)
}
