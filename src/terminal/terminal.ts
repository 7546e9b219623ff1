import type { Readable } from 'node:stream'
import type { Emit } from '../base/call.js'
import type { Environment } from '../base/environment.js'
import {
  type ErrorDocument,
  type ErrorReport,
  reportError,
  reportInWords,
} from '../base/error-report.js'
import { UsageError } from '../base/errors.js'
import { withExactNumbers } from '../base/exact-json.js'
import type { HintWords } from '../base/hint.js'
import { plainText, visibleJson } from '../base/text.js'
import type { WizardEvent } from '../events.js'
import { errorCommand, insideActions } from './actions.js'
import type { Page } from './page.js'
import { PageWriter } from './page-writer.js'
import { followProgress, type Progress } from './progress/progress.js'
import { askText, askYesNo } from './prompt.js'
import { openStream, type Stream, withLinks } from './stream.js'
import { ageFormat, momentFormat, type TimeFormat } from './times.js'

export interface TerminalOptions {
  /** Opened on demand. */
  stdin(): Readable & { isTTY?: boolean }
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: Environment
  /** Milliseconds since 1970. */
  now(): number
  json: boolean
  quiet: boolean
  verbose: boolean
  noColor: boolean
  yes: boolean
  signal: AbortSignal
  /** Removes secrets from everything that is written, except a result's bytes. */
  redact(text: string): string
  /** Whether results may be shown with a pager, which reads the keyboard. */
  canPage?: boolean | undefined
  /** Whether live lines may be drawn: not by a job in the background. Default: yes. */
  isForeground?(): boolean
  /** Ends the command's work, whose rest nobody reads. */
  stop?(): void
  /** See Io. */
  onInterrupt?(listener: () => void): () => void
  /** See Io. */
  onSuspend?(listener: { pause(): void; resume(): unknown }): () => void
  /** How remedies name commands and options. */
  words: HintWords
}

/** Lines of a command's output that a quiet wizard shows if it fails. */
const mostPrinted = 100

/** The only writer: results on stdout, everything else on stderr. */
export class Terminal {
  readonly out: Stream
  readonly err: Stream
  readonly #options: TerminalOptions
  #progress: Progress | null = null
  #release: (() => void) | null = null
  #listener: Emit<WizardEvent> | null = null
  /** Events from before `followEvents`. */
  readonly #early: WizardEvent[] = []
  readonly #pages: PageWriter
  /** Warnings of a quiet command, which are shown only if it fails. */
  readonly #withheld: string[] = []
  /** The last output of commands in a quiet run. */
  readonly #printed: string[] = []

  constructor(options: TerminalOptions) {
    this.#options = options
    this.out = openStream(options.stdout, options.env, options.noColor)
    this.err = openStream(options.stderr, options.env, options.noColor)
    this.#pages = new PageWriter(this.out, options)
  }

  /** Formats the times of a table's cells: `6 minutes ago`. */
  get ageOf(): TimeFormat {
    return ageFormat(this.out, this.#options.now())
  }

  /** Formats a time of one thing: local, with its zone and age. */
  get momentOf(): TimeFormat {
    return momentFormat(this.out, this.#options.now())
  }

  /** Shows an event of core; events before `followEvents` wait for it. */
  emit(event: WizardEvent): void {
    if (this.#listener) this.#listener(event)
    else this.#early.push(event)
  }

  /** Begins to show events: none with `--json`; with `--quiet` only warnings, before an error. */
  async followEvents(): Promise<void> {
    if (this.#listener) return
    const listener = await this.#openListener()
    this.#listener ??= listener
    for (const event of this.#early.splice(0)) this.#listener(event)
  }

  async #openListener(): Promise<Emit<WizardEvent>> {
    const { json, quiet, verbose, stderr, now, redact } = this.#options
    if (json) return () => {}
    if (quiet) return (event) => this.#withhold(event)
    const isForeground = this.#options.isForeground ?? (() => true)
    const board =
      this.err.canRedraw && isForeground()
        ? (await import('./progress/board.js')).openBoard(stderr, this.err)
        : null
    this.#progress ??= followProgress({
      ...{ stream: this.err, now, verbose, board, redact },
      repeats: this.out.isTerminal,
    })
    const progress = this.#progress
    const suspendable = {
      pause: () => progress.pause(),
      // With bg, it goes on without the terminal.
      resume: () => isForeground() && progress.resume(),
    }
    if (board) this.#release ??= this.#options.onSuspend?.(suspendable) ?? null
    return this.#progress.emit
  }

  /** Removes the live lines and their timer. */
  close(): void {
    this.#progress?.stop()
    this.#release?.()
  }

  /** Keeps warnings, and the end of a command's output. */
  #withhold(event: WizardEvent): void {
    if (event.type === 'warning') this.#withheld.push(`warning: ${event.message}`)
    if (event.type !== 'command-output') return
    this.#printed.push(event.line)
    if (this.#printed.length > mostPrinted) this.#printed.shift()
  }

  showJson(value: unknown): void {
    this.#progress?.stop()
    const json = withExactNumbers(JSON.stringify(value, this.#inWords, 2))
    this.out.write(`${visibleJson(json)}\n`)
  }

  /** In a document, reports of errors have their remedies only as text, and no secret. */
  readonly #inWords = (_key: string, value: unknown): unknown => {
    if (!isReport(value)) return value
    const { redact, words } = this.#options
    const report = reportInWords(value, words)
    const hint = report.hint === null ? null : redact(report.hint)
    return { ...report, message: redact(report.message), hint }
  }

  /** Shows a page of the manual, in roff, with man(1); false without a terminal or such a program. */
  async viewManual(page: string): Promise<boolean> {
    if (!this.out.isTerminal) return false
    this.#progress?.stop()
    const { viewManual } = await import('./pager.js')
    return viewManual(page, this.#options)
  }

  /** @param isLong on a terminal, text that does not fit on the screen is read with a pager */
  async showPage(page: Page, { isLong = false } = {}): Promise<void> {
    this.#progress?.stop()
    await this.#pages.show(page, isLong)
  }

  /**
   * Inside Actions, writes the result's table to the job's summary page, and the outputs for later
   * steps.
   */
  async writeActionsOutputs(page: Page, outputs: Record<string, string>): Promise<void> {
    if (!insideActions(this.#options.env)) return
    const { summarize, writeOutputs } = await import('./job-files.js')
    try {
      summarize(page, outputs, this.#options)
      writeOutputs(outputs, this.#options)
    } catch (error) {
      this.note(`warning: the job's outputs can't be written: ${reportError(error).message}`)
    }
  }

  /**
   * Writes foreign text as it comes: keeps its colours on a terminal, and stops Actions from
   * reading it as commands.
   */
  async showForeign(to: 'out' | 'err', chunks: AsyncIterable<string>): Promise<void> {
    this.#progress?.stop()
    await this.#pages.showForeign(this[to], chunks)
  }

  /** A line on stderr that is neither result nor error. */
  note(message: string): void {
    if (this.#options.json) return
    this.#progress?.stop()
    this.err.write(`${this.err.asLine(this.#clean(message))}\n`)
  }

  /** `error: …` and `hint: …`, or one document with `--json`. */
  showError(error: unknown): void {
    this.#writeError(reportError(error))
  }

  #writeError(found: ErrorReport): void {
    this.#progress?.stop()
    for (const line of [...this.#printed.splice(0), ...this.#withheld.splice(0)]) this.note(line)
    const report = this.#cleanReport(reportInWords(found, this.#options.words))
    if (this.#options.json) {
      const { code, message, hint, status = null, request_id = null } = report
      const document: ErrorDocument = { error: { code, message, hint, status, request_id } }
      this.err.write(`${JSON.stringify(document)}\n`)
    } else {
      this.#writeBehind(this.err.paint('bad', 'error:'), report.message)
      if (report.hint !== null) this.#writeBehind(this.err.paint('faint', 'hint:'), report.hint)
      if (insideActions(this.#options.env)) this.err.write(`${errorCommand(report.message)}\n`)
    }
  }

  #writeBehind(label: string, text: string): void {
    this.err.write(`${label} ${withLinks(this.err.asLine(text), this.err)}\n`)
  }

  /** Says that a printed result is not a success. */
  showPartialFailure({
    hint = null,
    isShown = false,
    ...report
  }: Omit<ErrorReport, 'hint'> & {
    hint?: string | null | undefined
    /** Whether the result says so itself, to somebody at a terminal. */
    isShown?: boolean | undefined
  }): void {
    const isSeen = isShown && this.out.isTerminal && this.err.isTerminal
    if (!isSeen || this.#options.json) this.#writeError({ ...report, hint })
  }

  /** Whether somebody can be asked. */
  get canAsk(): boolean {
    return !this.#options.yes && this.canPrompt
  }

  /** Whether somebody reads stderr and types on stdin. */
  get canPrompt(): boolean {
    return this.err.isTerminal && this.#options.stdin().isTTY === true
  }

  /** @throws UsageError if nobody can be asked and there is no `--yes` */
  async confirm(question: string): Promise<boolean> {
    if (this.#options.yes) return true
    const { stdin, stderr, signal } = this.#options
    if (!this.canAsk) {
      throw new UsageError(`${question} There is no terminal to ask on`, {
        hint: 'give --yes to go ahead',
      })
    }
    this.#progress?.stop()
    return askYesNo(stdin(), stderr, `${this.#clean(question)} [y/N]`, signal)
  }

  /** Asks for a text; empty if nobody can be asked. */
  async ask(question: string): Promise<string> {
    if (!this.canAsk) return ''
    const { stdin, stderr, signal } = this.#options
    this.#progress?.stop()
    return askText(stdin(), stderr, this.#clean(question), signal)
  }

  #clean(text: string): string {
    return plainText(this.#options.redact(text)).replaceAll('\n', ' ')
  }

  #cleanReport(report: ErrorReport): ErrorReport {
    return {
      ...report,
      message: this.#clean(report.message),
      hint: report.hint === null ? null : this.#clean(report.hint),
    }
  }
}

/** Results have no other values with these three keys. */
const isReport = (value: unknown): value is ErrorReport =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  'message' in value &&
  typeof value.message === 'string' &&
  'hint' in value &&
  (value.hint === null || typeof value.hint === 'string')
