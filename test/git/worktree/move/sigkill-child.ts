import { join } from 'node:path'
import { openObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { fastForward } from '../../../../src/git/worktree/move/move-tree.js'
import { watchChanges } from '../../support/dying.js'

/** Runs in its own process: fast-forwards, and kills itself just before its n-th change on disk. */
const [dir = '', from = '', to = '', step = ''] = process.argv.slice(2)
const gitDir = join(dir, '.git')
const store = await openObjectStore(gitDir)
watchChanges((at, half) => {
  if (at !== Number(step)) return
  half()
  process.kill(process.pid, 'SIGKILL')
})
const liveness = { mark: 'child', isAlive: async () => true }
await fastForward({ dir, gitDir, store, branch: 'main', from, to, message: 'pull', liveness })
