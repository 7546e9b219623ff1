#!/usr/bin/env node
import { existsSync } from 'node:fs'

if (existsSync(new URL('../dist/cli.js', import.meta.url))) {
  const { run } = await import('../dist/cli.js')
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort())
  // npx puts a shell between, which hands no signal on: it is seen that the shell has gone.
  const { ppid: parent } = process
  const look = () => process.ppid === parent || stop.abort()
  if (process.env.npm_command === 'exec') setInterval(look, 500).unref()
  // Whoever read the addresses may close the pipe, and still use what they lead to.
  process.stdout.on('error', () => {})
  process.exitCode = await run(process.argv.slice(2), {
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    stop: stop.signal,
  })
} else {
  process.stderr.write('error: local-github is not built\nhint: npm run build\n')
  process.exitCode = 2
}
