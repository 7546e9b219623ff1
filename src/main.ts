import { keepCompiledCode } from './process/compile-cache.js'
import { version } from './version.js'

/**
 * argv → exit status. The only function that uses the process's streams and signals, and ends it.
 * `--version` needs no verb, so the verbs are imported after it; a shell's completion needs little of
 * what a command does.
 */
export async function main(process: NodeJS.Process): Promise<number> {
  if (process.argv.length === 3 && process.argv[2] === '--version') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  keepCompiledCode(process)
  const [, , noun, flag, ...words] = process.argv
  if (noun === 'COMPLETION' && flag === '--words') {
    const [{ answerShell }, { hostOf }] = await Promise.all([
      import('./commands/completion/answer.js'),
      import('./process/host.js'),
    ])
    process.stdout.write(await answerShell(words, hostOf(process)))
    return 0
  }
  const [
    { run, signalStatus },
    { Application },
    { hostOf },
    { exitStatus, InterruptedError },
    { reasonOf },
    { suspensionOf },
    { hangUpOf },
  ] = await Promise.all([
    import('./run.js'),
    import('./app.js'),
    import('./process/host.js'),
    import('./base/errors.js'),
    import('./base/fs/system-error.js'),
    import('./process/suspension.js'),
    import('./process/hang-up.js'),
  ])
  const exit = (status: number) => process.exit(status)
  const hangUp = hangUpOf(process)
  const stop = new AbortController()
  const listeners = { SIGINT: new Set<() => void>(), SIGHUP: new Set<() => void>() }
  const listenTo = (signal: keyof typeof listeners) => (listener: () => void) => {
    listeners[signal].add(listener)
    return () => void listeners[signal].delete(listener)
  }
  // The first signal lets the command clean up; the second one ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal !== 'SIGTERM' && listeners[signal].size > 0) {
        for (const listener of listeners[signal]) listener()
        return
      }
      if (stop.signal.aborted) {
        hangUp()
        exit(signalStatus(signal))
      }
      stop.abort(new InterruptedError(signal))
    })
  }
  // `wizard … | head` closes the pipe: the rest of the output has no reader. That is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit(0)
    if (error.code === 'EIO') hangUp()
    process.stderr.write(`error: stdout can't be written: ${reasonOf(error)}\n`)
    exit(exitStatus.FAILED)
  })
  // Closed progress output does not stop the work, and neither does a closed terminal.
  process.stderr.on('error', () => {})
  const app = new Application(hostOf(process))
  const io = {
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
    canPage: true,
    onHangUp: listenTo('SIGHUP'),
    onInterrupt: listenTo('SIGINT'),
    onSuspend: suspensionOf(process),
  }
  try {
    return await run(process.argv.slice(2), io, app)
  } finally {
    await app.close()
    hangUp()
  }
}
