import { Readable, Writable } from 'node:stream'

/** The streams of a command whose output is data for another part of wizard, as on two pipes. */
export interface CapturedStreams {
  stdin: () => Readable
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  /** What was printed to each so far. */
  out(): string
  err(): string
}

export function captureStreams(): CapturedStreams {
  const [stdout, stderr] = [new Capture(), new Capture()]
  return {
    stdin: () => Readable.from([]),
    // A command only writes to them, and asks whether they are terminals.
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    out: () => stdout.text,
    err: () => stderr.text,
  }
}

class Capture extends Writable {
  readonly isTTY = false
  readonly #chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}
