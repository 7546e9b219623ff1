import type { Readable } from 'node:stream'
import type { ExecEntry, ExecOptions, ExecOutput } from '../../repos/exec.js'
import type { Stream } from '../../terminal/stream.js'
import type { Terminal } from '../../terminal/terminal.js'

/** Bytes after which a line without an end is written all the same. */
const longestLine = 64 * 1024
/** Bytes of a clone's output that wait for its turn; then the command waits, too. */
const mostWaiting = 4 * 1024 * 1024

type Sinks = Required<Pick<ExecOptions, 'onPlan' | 'onOutput' | 'onEnd'>>

/**
 * Writes the output of commands that run side by side, unchanged: each line behind its repository's
 * name, or with `group` each repository's whole, in their order.
 */
export const openExecOutput = (terminal: Terminal, { group }: { group: boolean }): Sinks =>
  group ? groupedOutput(terminal) : prefixedOutput(terminal)

function prefixedOutput({ out, err }: Terminal): Sinks {
  const open = new Map<string, LineWriter>()
  let width = 0
  const writerFor = (repo: string, name: ExecOutput['name']) => {
    const key = `${name} ${repo}`
    const stream = name === 'stdout' ? out : err
    const writer = open.get(key) ?? new LineWriter(stream, prefixOf(stream, repo, width))
    open.set(key, writer)
    return writer
  }
  return {
    onPlan: (repos) => {
      width = Math.max(0, ...repos.map((repo) => repo.length))
    },
    onOutput: ({ repo, name, bytes }, source) => waitFor(writerFor(repo, name).add(bytes), source),
    onEnd: ({ repo }) => {
      for (const name of ['stdout', 'stderr'] as const) {
        open.get(`${name} ${repo}`)?.end()
        open.delete(`${name} ${repo}`)
      }
    },
  }
}

const prefixOf = (stream: Stream, repo: string, width: number): string =>
  stream.isTerminal ? stream.paint('faint', `${repo.padEnd(width)} | `) : `${repo} | `

/** A reader that is slower than the command slows the command down, too. */
function waitFor(written: Promise<void> | null, source: Readable): void {
  if (written === null) return
  source.pause()
  void written.then(() => source.resume())
}

/** Writes whole lines behind a prefix. */
class LineWriter {
  readonly #stream: Stream
  readonly #prefix: Buffer
  #held: Buffer = Buffer.alloc(0)

  constructor(stream: Stream, prefix: string) {
    this.#stream = stream
    this.#prefix = Buffer.from(prefix)
  }

  /** @returns resolves when there is room for more; null: there is */
  add(piece: Buffer): Promise<void> | null {
    const bytes = Buffer.concat([this.#held, piece])
    const end =
      bytes.length - bytes.lastIndexOf(newline) > longestLine
        ? bytes.length
        : bytes.lastIndexOf(newline) + 1
    this.#held = bytes.subarray(end)
    return end === 0 ? null : this.#write(bytes.subarray(0, end))
  }

  end(): void {
    if (this.#held.length > 0) void this.#write(this.#held)
  }

  #write(bytes: Buffer): Promise<void> | null {
    const pieces: Buffer[] = []
    for (let from = 0; from < bytes.length; ) {
      const at = bytes.indexOf(newline, from)
      const end = at === -1 ? bytes.length : at
      pieces.push(this.#prefix, bytes.subarray(from, end), lineEnd)
      from = end + 1
    }
    return this.#stream.writeBytes(Buffer.concat(pieces))
  }
}

const newline = 10
const lineEnd = Buffer.from('\n')

interface Turn {
  repo: string
  waiting: { name: ExecOutput['name']; bytes: Buffer }[]
  size: number
  paused: Set<Readable>
  hasHeading: boolean
  /** The stream of the last line, if that has no end. */
  unended: ExecOutput['name'] | null
  isOver: boolean
}

/** The first repository that still runs writes as it goes; the others wait for their turn. */
function groupedOutput({ out, err }: Terminal): Sinks {
  let turns: Turn[] = []
  const write = (turn: Turn, name: ExecOutput['name'], bytes: Buffer) => {
    if (!turn.hasHeading) err.write(`${err.paint('strong', turn.repo)}\n`)
    turn.hasHeading = true
    turn.unended = bytes.at(-1) === newline ? null : name
    return (name === 'stdout' ? out : err).writeBytes(bytes)
  }
  const begin = (turn: Turn) => {
    for (const { name, bytes } of turn.waiting.splice(0)) void write(turn, name, bytes)
    for (const source of turn.paused) source.resume()
  }
  return {
    onPlan: (repos) => {
      turns = repos.map((repo) => ({
        repo,
        waiting: [],
        size: 0,
        paused: new Set(),
        hasHeading: false,
        unended: null,
        isOver: false,
      }))
      if (turns[0] !== undefined) begin(turns[0])
    },
    onOutput: ({ repo, name, bytes }, source) => {
      const turn = turns.find((one) => one.repo === repo)
      if (turn === undefined || turn === turns[0]) {
        if (turn !== undefined) waitFor(write(turn, name, bytes), source)
        return
      }
      turn.waiting.push({ name, bytes })
      turn.size += bytes.length
      if (turn.size <= mostWaiting) return
      source.pause()
      turn.paused.add(source)
    },
    onEnd: ({ repo }: ExecEntry) => {
      const ended = turns.find((one) => one.repo === repo)
      if (ended !== undefined) ended.isOver = true
      while (turns[0]?.isOver) {
        const over = turns.shift()
        if (over?.unended != null) void write(over, over.unended, lineEnd)
        if (turns[0] !== undefined) begin(turns[0])
      }
    },
  }
}
