// Loaded into the executable by --import: counts the calls that change the file system, and at the one that
// KILL_AT names ends the process as a power cut would. Without KILL_AT it writes the count to COUNT_TO.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const killAt = Number(process.env.KILL_AT ?? Number.POSITIVE_INFINITY)
let count = 0

function counted(holder, name) {
  const original = holder[name]
  holder[name] = function (...args) {
    if (++count === killAt) process.kill(process.pid, 'SIGKILL')
    return original.apply(this, args)
  }
}

const changing = [
  ...[
    'writeFile',
    'appendFile',
    'rename',
    'mkdir',
    'mkdtemp',
    'symlink',
    'link',
    'unlink',
    'rm',
    'rmdir',
  ],
  ...['truncate', 'chmod', 'utimes', 'copyFile', 'open'],
]
const { writeFileSync } = fs
for (const name of changing) {
  counted(fs.promises, name)
  if (name in fs) counted(fs, name)
  counted(fs, `${name}Sync`)
}
for (const name of ['write', 'writev', 'writeSync', 'writevSync', 'ftruncateSync', 'fsyncSync']) {
  counted(fs, name)
}
syncBuiltinESMExports()

if (isMainThread && process.env.COUNT_TO) {
  process.on('exit', () => writeFileSync(process.env.COUNT_TO, String(count)))
}
