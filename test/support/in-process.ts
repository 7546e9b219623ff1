import { Readable, Writable } from 'node:stream'
import { Application } from '../../src/app.js'
import type { Clock } from '../../src/base/clock.js'
import type { Io } from '../../src/invocation.js'
import { run } from '../../src/run.js'
import { testHost } from './host.js'
import type { Ended } from './wizard.js'

export interface InProcess {
  cwd: string
  env?: Record<string, string>
  clock?: Clock
  /** What the command reads; default: nothing, and no terminal. */
  input?: string
  /** Ends the command, as a signal from outside does. */
  signal?: AbortSignal
}

/** Keeps what a command writes. */
export class Sink extends Writable {
  readonly #chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString()
  }
}

/** The streams of a command of a test: a pipe's, none of them a terminal. */
export function testIo({ input = '', signal }: Pick<InProcess, 'input' | 'signal'> = {}) {
  const [stdout, stderr] = [new Sink(), new Sink()]
  const io = {
    stdin: () => Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout,
    stderr,
    signal: signal ?? new AbortController().signal,
  } as unknown as Io
  return { io, stdout, stderr }
}

/** One command in this process, as `bin/wizard.js` would run it in one of its own. */
export async function runHere(
  args: string[],
  { cwd, env, clock, input, signal }: InProcess,
): Promise<Ended> {
  const app = new Application(testHost(cwd, env), clock ? { clock } : {})
  const { io, stdout, stderr } = testIo({
    ...(input === undefined ? {} : { input }),
    ...(signal ? { signal } : {}),
  })
  try {
    const status = await run(args, io, app)
    return {
      status,
      signal: null,
      stdout: stdout.bytes,
      out: stdout.text,
      err: stderr.text,
      get json() {
        return JSON.parse(stdout.text)
      },
    }
  } finally {
    await app.close()
  }
}
