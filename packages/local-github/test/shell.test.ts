import { getEventListeners } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { command } from '../src/git/shell.js'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a client may leave when the command for it has just ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wizard-shell-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [pid, go] = [join(folder, 'pid'), join(folder, 'go')]
  const leaving = new AbortController()
  const script = 'echo $$ >"$0"; until [ -e "$1" ]; do :; done'
  const running = command(['sh', '-c', script, pid, go], { signal: leaving.signal })
  while (getEventListeners(leaving.signal, 'abort').length === 0 || !existsSync(pid)) {
    await setImmediate()
  }
  // In one turn, so that nobody hears of its end before the client leaves.
  writeFileSync(go, '')
  while (isAlive(Number(readFileSync(pid, 'utf8'))));
  leaving.abort()
  expect((await running).status).toBe(0)
  expect((await command(['echo', 'next'])).stdout.toString()).toBe('next\n')
})
