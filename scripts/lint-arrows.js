// Imports go down: each room of src imports the rooms that ARCHITECTURE.md's table allows, and no
// others, types included. Nobody imports node's process, of which base/builtin.ts takes one function. Circles within a room are Biome's to find.

import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src')

/** @type {Map<string, Set<string>>} */
const allowed = new Map()
const row = /^\| (`[\w-]+`(?:, `[\w-]+`)*) \| ([^|]*) \|$/gm
const [, table = ''] =
  readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('| room | imports |') ?? []
for (const [, rooms = '', imports = ''] of (table.split('\n\n')[0] ?? '').matchAll(row)) {
  for (const room of words(rooms)) allowed.set(room, new Set(words(imports)))
}

let failures = 0
for (const file of globSync('**/*.ts', { cwd: src }).sort()) {
  const room = roomOf(file)
  const text = readFileSync(join(src, file), 'utf8')
  if (
    !/^(?:main|index|base\/builtin|webhooks\/runs\/launcher-main)\.ts$/.test(file) &&
    /'(?:node:)?process'/.test(text)
  ) {
    console.error(`src/${file}: only entries know the process, and pass on what they know`)
    failures++
  }
  for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = roomOf(relative(src, join(src, dirname(file), path)))
    if (target !== room && !allowed.get(room)?.has(target)) {
      console.error(`src/${file}: ${room} may not import ${target} (${path})`)
      failures++
    }
  }
}
if (failures > 0) {
  console.error("imports go down: ARCHITECTURE.md's table says which room may import which")
  process.exitCode = 1
}

/** @param {string} path below src */
function roomOf(path) {
  const [first = ''] = path.split('/')
  // The plumbing of git is a room below the rest of it, with the options and errors of all of git.
  if (/^git\/(?:plumbing\/|git\.|errors\.)/.test(path)) return 'git-plumbing'
  return first.replace(/\.[jt]s$/, '')
}

/** @param {string} text */
function words(text) {
  return [...text.matchAll(/`([\w-]+)`/g)].map(([, word = '']) => word)
}
