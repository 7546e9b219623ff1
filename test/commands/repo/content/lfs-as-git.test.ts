import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Random, randomSource } from '../../../git/support/trees.js'
import { gitWithLfs, whyNoGitLfs } from '../../../support/git-lfs.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

const reason = whyNoGitLfs()
if (reason) console.warn(`files of Git LFS are not compared with git's: ${reason}`)

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
})
afterAll(() => work.close())

const files = ['a.bin', 'b.txt', 'c', 'deep/a.bin', 'deep/er/b.txt']
const patterns = ['*', '*.bin', '*.txt', 'deep/**', 'c']
const attributes = [
  ...['filter=lfs', 'filter=lfs', 'filter=lfs', '-filter', '!filter', 'filter=other'],
  ...['text', '-text', 'text=auto', 'eol=crlf', 'eol=lf', 'ident', 'working-tree-encoding=UTF-16'],
]
const plain = ['', 'one\ntwo\n', 'one\r\ntwo\n', '$Id$\n', 'nul\0\n', 'version 1\n']
/** What may be done to a pointer, and leaves it one for git-lfs, or not. */
const spellings: ((pointer: string) => string)[] = [
  (pointer) => pointer,
  (pointer) => pointer,
  (pointer) => pointer.replaceAll('\n', '\r\n'),
  (pointer) => `\n ${pointer}\n\n`,
  (pointer) => pointer.trimEnd(),
  (pointer) => `${pointer}more 1\n`,
  (pointer) => pointer.padEnd(1023),
  (pointer) => `${pointer.padEnd(1024, '\n')}more 1\n`,
  (pointer) => pointer.replace('size ', 'size +'),
  (pointer) => pointer.replace('git-lfs.github.com', 'hawser.github.com'),
  (pointer) => pointer.replace('size ', 'size x'),
  (pointer) => pointer.replace('oid sha256:', 'oid sha1:'),
  (pointer) => pointer.split('\n').reverse().join('\n'),
]

async function commit(name: string, random: Random): Promise<void> {
  const lines = Array.from({ length: 1 + random.pick(4) }, () => {
    const words = Array.from({ length: 1 + random.pick(2) }, () => random.choose(attributes))
    return `${random.choose(patterns)} ${words.join(' ')}\n`
  })
  const changed: Record<string, string> = { '.gitattributes': lines.join('') }
  for (const path of files) {
    if (random.pick(3) === 0) continue
    const object = await work.github.addLfsObject(name, `content ${random.pick(1000)}\r\n`)
    const isPlain = random.pick(3) === 0
    changed[path] = isPlain ? random.choose(plain) : random.choose(spellings)(object.pointer)
  }
  await work.github.commit(name, { files: changed })
}

/** The work tree, and what git with git-lfs thinks of it when every file is compared. */
async function seen(dir: string) {
  const now = new Date()
  for (const path of await readdir(dir, { recursive: true })) {
    if (['.gitattributes', ...files].includes(path)) await utimes(join(dir, path), now, now)
  }
  return {
    files: await snapshot(dir, /^\.git(?:\/|$)/),
    status: await gitWithLfs(dir, 'status', '--porcelain'),
  }
}

describe.skipIf(reason !== null)(
  'random files of Git LFS are as git has them',
  { tags: ['deep'] },
  () => {
    it.each(Array.from({ length: 24 }, (_, seed) => seed + 1))('seed %i', async (seed) => {
      const random = randomSource(seed)
      const name = `uDOS/random-${seed}`
      await work.github.addRepository(name, { files: {} })
      await commit(name, random)
      const [ours, theirs] = [work.path(`ours-${seed}`), work.path(`theirs-${seed}`)]
      const { json } = await work.wizard('REPO', 'CLONE', name, ours, '--json')
      expect(json.error).toBeNull()
      const url = `${work.github.gitUrl}/${name}.git`
      await gitWithLfs(work.root, 'clone', '--quiet', url, theirs)
      const after = await seen(theirs)
      expect(await seen(ours)).toEqual(after)
      await commit(name, random)
      const isDirty = after.status !== ''
      if (isDirty) return
      expect((await work.wizard('REPO', 'PULL', ours, '--json')).json.error).toBeNull()
      await gitWithLfs(theirs, 'pull', '--quiet', '--ff-only')
      const [mine, gits] = [await seen(ours), await seen(theirs)]
      expect(mine.status).toBe(gits.status)
      // A pointer whose attributes alone are new is filled in, as in a new clone.
      const fresh = work.path(`fresh-${seed}`)
      await gitWithLfs(work.root, 'clone', '--quiet', url, fresh)
      const filled = await snapshot(fresh, /^\.git(?:\/|$)/)
      const known = Object.entries(mine.files).map(([path, hash]) => {
        return [path, hash === filled[path] ? gits.files[path] : hash]
      })
      expect(Object.fromEntries(known)).toEqual(gits.files)
    })
  },
)
