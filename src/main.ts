import { keepCompiledCode } from './process/compile-cache.js'
import { version } from './version.js'

/**
 * argv → exit status, for the process that it is given: the one place that knows its streams and signals, and ends it.
 * The verbs are imported behind `--version`, which needs none of them.
 */
export async function main(process: NodeJS.Process): Promise<number> {
  if (process.argv.length === 3 && process.argv[2] === '--version') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  keepCompiledCode(process)
  const [{ run, signalStatus }, { Application }, { hostOf }, { exitStatus, InterruptedError }] =
    await Promise.all([
      import('./run.js'),
      import('./app.js'),
      import('./process/host.js'),
      import('./base/errors.js'),
    ])
  const exit = (status: number) => process.exit(status)
  const stop = new AbortController()
  // The first signal lets the command clean up what it has in hand; a second one does not wait for that.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) exit(signalStatus(signal))
      stop.abort(new InterruptedError(signal))
    })
  }
  // `wizard … | head` closes the pipe: the rest of the output has no reader, which is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit(0)
    process.stderr.write(`error: stdout can't be written: ${error.code ?? error.message}\n`)
    exit(exitStatus.FAILED)
  })
  // A progress that nobody reads any more does not stop the work, as with a terminal that was closed.
  process.stderr.on('error', () => {})
  const app = new Application(hostOf(process))
  const io = {
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
  }
  try {
    return await run(process.argv.slice(2), io, app)
  } finally {
    await app.close()
  }
}
