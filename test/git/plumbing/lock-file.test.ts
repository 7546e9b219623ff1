import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clearDeadLocks } from '../../../src/git/plumbing/lock-file.js'
import type { Liveness } from '../../../src/process/owner-mark.js'
import { addHistory } from '../support/histories.js'
import { git, temporaryFolder } from '../support/real-git.js'

const liveness: Liveness = { mark: 'me', isAlive: async (mark) => mark !== 'dead' }

test('locks of dead wizards go, with what was written under them; all others stay', async () => {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--bare'])
  addHistory(dir, { commits: 1, files: 1, branch: 'a/b' })
  const at = (name: string) => join(dir, name)
  for (const name of ['HEAD.lock', 'packed-refs.lock', 'refs/heads/a/b.lock']) {
    symlinkSync('wizard:dead', at(name))
  }
  writeFileSync(at('refs/heads/a/b.lock.new.lock'), 'half')
  writeFileSync(at('shallow.lock.new.lock'), 'half')
  symlinkSync('wizard:other', at('refs/heads/c.lock'))
  writeFileSync(at('refs/heads/d.lock'), '')
  await clearDeadLocks(dir, liveness)
  const locks = readdirSync(dir, { recursive: true }).filter((name) =>
    String(name).includes('.lock'),
  )
  expect(locks.sort()).toEqual(['refs/heads/c.lock', 'refs/heads/d.lock'])
  expect(existsSync(at('refs/heads/a/b'))).toBe(true)
})
