import { Readable, type Writable } from 'node:stream'
import { Application } from '../../src/app.js'
import type { Clock } from '../../src/base/clock.js'
import { type EndingSignal, InterruptedError } from '../../src/base/errors.js'
import type { Io } from '../../src/invocation.js'
import { run } from '../../src/run.js'
import { testHost } from './host.js'
import { Keyboard, Sink, TerminalSink } from './streams.js'
import type { Ended } from './wizard.js'

export interface InProcess {
  cwd: string
  env?: Record<string, string>
  clock?: Clock
  /** What the command reads; default: nothing, and no terminal. */
  input?: string
  /** Ends the command, as a signal from outside does. */
  signal?: AbortSignal
  /** Its three streams are a terminal, so many columns wide; 0: one whose size nobody set. */
  columns?: number
  /** What somebody types at a question on that terminal. */
  answer?: string
}

export interface EndedHere extends Ended {
  /** What a terminal of its own would show: both streams, in the order of what was written. */
  shown: string
}

/** A command of a test that is under way. */
export interface Running {
  /** Resolves when it has written that to stderr. */
  said(what: RegExp): Promise<void>
  /** The same of stdout. */
  wrote(what: RegExp): Promise<void>
  /** As a signal from outside does. */
  interrupt(signal?: EndingSignal): void
  readonly ended: Promise<EndedHere>
}

/** The streams of a command of a test: a pipe's, none of them a terminal. */
export function testIo({ input = '', signal }: Pick<InProcess, 'input' | 'signal'> = {}) {
  const seen: Buffer[] = []
  const [stdout, stderr] = [new Sink(seen), new Sink(seen)]
  const stdin = () => Readable.from(input === '' ? [] : [Buffer.from(input)])
  return { io: ioOf(stdin, stdout, stderr, signal), stdout, stderr }
}

function terminalIo({ columns = 0, answer = '', signal }: InProcess) {
  const keyboard = new Keyboard(answer)
  const seen: Buffer[] = []
  const [stdout, stderr] = [new TerminalSink(columns, seen), new TerminalSink(columns, seen)]
  stderr.on('written', () => keyboard.look(stderr.text))
  return { io: ioOf(() => keyboard.stream, stdout, stderr, signal), stdout, stderr }
}

function ioOf(
  stdin: () => Readable,
  stdout: Writable,
  stderr: Writable,
  signal: AbortSignal = new AbortController().signal,
): Io {
  return { stdin, stdout, stderr, signal } as unknown as Io
}

/** One command in this process, as `bin/wizard.js` would run it in one of its own. */
export const runHere = (args: string[], options: InProcess): Promise<EndedHere> =>
  startHere(args, options).ended

/** The same, to be looked at and stopped in the middle. */
export function startHere(args: string[], options: InProcess): Running {
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const open = options.columns === undefined ? testIo : terminalIo
  const { io, stdout, stderr } = open({ ...options, signal })
  const ended = perform(args, options, { io, stdout, stderr })
  return {
    ended,
    interrupt: (name = 'SIGINT') => stop.abort(new InterruptedError(name)),
    said: (what) => stderr.shows(what, ended),
    wrote: (what) => stdout.shows(what, ended),
  }
}

async function perform(
  args: string[],
  { cwd, env, clock }: InProcess,
  { io, stdout, stderr }: ReturnType<typeof testIo>,
): Promise<EndedHere> {
  const app = new Application(testHost(cwd, env), clock ? { clock } : {})
  try {
    const status = await run(args, io, app)
    return {
      status,
      signal: null,
      stdout: stdout.bytes,
      out: stdout.text,
      err: stderr.text,
      shown: stdout.shown,
      get json() {
        return JSON.parse(stdout.text)
      },
    }
  } finally {
    await app.close()
  }
}
