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
  /** The command's input; default: none, and not a terminal. */
  input?: string
  /** Ends the command like a signal from outside. */
  signal?: AbortSignal
  /** Makes its three streams a terminal with this many columns; 0: one without a set size. */
  columns?: number
  /** The answer to a question on that terminal. */
  answer?: string
}

export interface EndedHere extends Ended {
  /** The content of its terminal: both streams, in order. */
  shown: string
}

/** A running command of a test. */
export interface Running {
  /** Resolves when it has written this to stderr. */
  said(what: RegExp): Promise<void>
  /** The same for stdout. */
  wrote(what: RegExp): Promise<void>
  /** Ends it like a signal from outside. */
  interrupt(signal?: EndingSignal): void
  readonly ended: Promise<EndedHere>
}

/** The streams of a command in a test: pipes, not terminals. */
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

/** Runs one command in this process, as `bin/wizard.js` would in its own. */
export const runHere = (args: string[], options: InProcess): Promise<EndedHere> =>
  startHere(args, options).ended

/** Starts a command, which the test can inspect and stop while it runs. */
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
