import { chmod, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gitWithLfs, whyNoGitLfs } from '../../../support/git-lfs.js'
import { openWorkspace, type Workspace } from '../../../support/workspace.js'

const reason = whyNoGitLfs()
if (reason) console.warn(`clones are not compared with git-lfs: ${reason}`)

let work: Workspace
const name = 'uDOS/media'
const place = 'library/all/media'

beforeEach(async () => {
  work = await openWorkspace()
  const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'
  await work.github.addRepository(name, { files: { '.gitattributes': attributes } })
  await reposWith()
})
afterEach(() => work.close())

const reposWith = (more: object = {}) => work.repos({ all: [{ repo: 'media', ...more }] })

/** Commits files of Git LFS with this content. @returns their pointers, by path */
async function commit(files: Record<string, string>, more: Record<string, string> = {}) {
  const pointers: Record<string, string> = {}
  for (const [path, text] of Object.entries(files)) {
    pointers[path] = (await work.github.addLfsObject(name, text)).pointer
  }
  await work.github.commit(name, { files: { ...pointers, ...more } })
  return pointers
}

const sync = async (args: string[] = [], env: Record<string, string> = {}) => {
  const { status, json, err } = await work.run(['REPO', 'SYNC', '--json', ...args], { env })
  return { status, err, entry: json.repositories[0] }
}
const file = (path: string) => work.read(`${place}/${path}`)
const changed = async () =>
  reason ? '' : await gitWithLfs(work.path(place), 'status', '--porcelain')
const batches = () => work.github.requests.filter(({ path }) => path.endsWith('/objects/batch'))

describe('a file of Git LFS', () => {
  it('has its content after a clone, and git-lfs finds nothing wrong', async () => {
    await commit({ 'a.bin': 'content of a\n', 'sub/b.bin': 'b', 'sub/copy.bin': 'b' })
    const { entry } = await sync()
    expect(entry).toMatchObject({ status: 'cloned', warnings: [] })
    expect([await file('a.bin'), await file('sub/copy.bin')]).toEqual(['content of a\n', 'b'])
    const { entry: again } = await sync()
    expect(again).toMatchObject({ status: 'unchanged', warnings: [] })
    if (reason) return
    expect(await changed()).toBe('')
    expect(await gitWithLfs(work.path(place), 'lfs', 'fsck')).toContain('Git LFS fsck OK')
    expect(await gitWithLfs(work.path(place), 'lfs', 'ls-files', '--size')).toContain('* a.bin')
  })

  it('moves with a pull, also away', { tags: ['deep'] }, async () => {
    await commit({ 'a.bin': 'one', 'b.bin': 'b' })
    await sync()
    await commit({ 'a.bin': 'two' })
    await work.github.commit(name, { files: { 'b.bin': null, 'plain.txt': 'plain\n' } })
    const { entry } = await sync()
    expect(entry).toMatchObject({ status: 'updated', warnings: [] })
    expect(await file('a.bin')).toBe('two')
    expect(await readdir(work.path(place))).not.toContain('b.bin')
    expect(await changed()).toBe('')
  })

  it('keeps its executable bit, and the umask', async () => {
    const { pointer } = await work.github.addLfsObject(name, '#!/bin/sh\n')
    await work.github.commit(name, { files: { 'run.bin': { content: pointer, mode: '100755' } } })
    await work.github.commit(name, { files: { 'plain.txt': 'plain\n' } })
    await sync()
    const [run, plain] = await Promise.all(
      ['run.bin', 'plain.txt'].map(async (path) => (await stat(work.path(place, path))).mode),
    )
    expect(run).toBe((plain ?? 0) | (((plain ?? 0) & 0o444) >> 2))
  })

  it('that was touched is clean, and one that was edited blocks a pull', {
    tags: ['deep'],
  }, async () => {
    await commit({ 'a.bin': 'one', 'b.bin': 'b' })
    await sync()
    const now = new Date()
    await utimes(work.path(place, 'a.bin'), now, now)
    const { json: before } = await work.wizard('REPO', 'STATUS', '--json')
    expect(before[0]).toMatchObject({ is_dirty: false })
    await work.write(`${place}/a.bin`, 'mine')
    const { json: after } = await work.wizard('REPO', 'STATUS', '--json')
    expect(after[0]).toMatchObject({ is_dirty: true })
    await commit({ 'b.bin': 'new b' })
    expect((await sync()).entry).toMatchObject({ status: 'updated' })
    await commit({ 'a.bin': 'theirs' })
    expect((await sync()).entry).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await file('a.bin')).toBe('mine')
  })

  it('that is empty, no pointer, or one that an extension changed, is as it is stored', async () => {
    const odd = `version https://git-lfs.github.com/spec/v1\next-0-foo sha256:${'0'.repeat(64)}\noid sha256:${'1'.repeat(64)}\nsize 12\n`
    const files = { 'empty.bin': '', 'text.bin': 'no pointer\n', 'odd.bin': odd }
    await work.github.commit(name, { files })
    expect((await sync()).entry).toMatchObject({ status: 'cloned', warnings: ['lfs'] })
    expect((await sync()).entry).toMatchObject({ status: 'unchanged', warnings: ['lfs'] })
    for (const [path, text] of Object.entries(files)) expect(await file(path)).toBe(text)
    expect(batches()).toEqual([])
  })

  it('with its pointer in other line ends, or of size 0, has its content', async () => {
    const { pointer } = await work.github.addLfsObject(name, 'one')
    const empty = `version https://git-lfs.github.com/spec/v1\noid sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nsize 0\n`
    const files = { 'a.bin': pointer.replaceAll('\n', '\r\n'), 'empty.bin': empty }
    await work.github.commit(name, { files })
    expect((await sync()).entry).toMatchObject({ status: 'cloned', warnings: [] })
    expect([await file('a.bin'), await file('empty.bin')]).toEqual(['one', ''])
  })
})

describe('what somebody else did in the clone', () => {
  it('pointers that lie there again are filled in, and keep their permissions', {
    tags: ['deep'],
  }, async () => {
    const pointers = await commit({ 'a.bin': 'one', 'b.bin': 'b' })
    await sync()
    await work.write(`${place}/a.bin`, pointers['a.bin'] ?? '')
    await chmod(work.path(place, 'a.bin'), 0o600)
    expect((await sync()).entry).toMatchObject({ status: 'updated', warnings: [] })
    expect(await file('a.bin')).toBe('one')
    expect((await stat(work.path(place, 'a.bin'))).mode & 0o777).toBe(0o600)
    expect(await changed()).toBe('')
  })

  it('a damaged object is fetched again', { tags: ['deep'] }, async () => {
    await commit({ 'a.bin': 'one' })
    await sync()
    const { oid, pointer } = await work.github.addLfsObject(name, 'two')
    const folder = work.path(place, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4))
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}/${oid}`, 'xxx')
    await work.github.commit(name, { files: { 'a.bin': pointer } })
    expect((await sync()).entry).toMatchObject({ status: 'updated', warnings: [] })
    expect(await file('a.bin')).toBe('two')
  })

  it('hooks of git-lfs are no local work', { tags: ['deep'] }, async () => {
    await commit({ 'a.bin': 'one' })
    await sync()
    const hook =
      '#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { exit 2; }\ngit lfs pre-push "$@"\n'
    await work.write(`${place}/.git/hooks/pre-push`, hook)
    await work.repos({ all: [] })
    const { status } = await work.wizard('REPO', 'PRUNE', '--yes')
    expect([status, await readdir(work.path('library/all'))]).toEqual([0, []])
  })
})

describe('an object that another clone has', () => {
  const other = async (name: string, pointer: string) => {
    const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'
    await work.github.addRepository(name, {
      files: { '.gitattributes': attributes, 'a.bin': pointer },
    })
  }
  const objectIn = (path: string, pointer: string) => {
    const oid = /sha256:(\w+)/.exec(pointer)?.[1] ?? ''
    return work.path(path, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid)
  }

  it('is linked, if it is of the same owner and whole', { tags: ['deep'] }, async () => {
    const { 'a.bin': pointer = '' } = await commit({ 'a.bin': 'shared' })
    await sync()
    await other('uDOS/second', pointer)
    await other('they/third', pointer)
    await work.github.addLfsObject('they/third', 'shared')
    await work.repos({ all: [{ repo: 'media' }, { repo: 'second' }, { repo: 'they/third' }] })
    const { json } = await work.wizard('REPO', 'SYNC', '--json')
    expect(json.repositories).toMatchObject([
      { status: 'unchanged' },
      { status: 'cloned', warnings: [] },
      { status: 'cloned', warnings: [] },
    ])
    const inodes = await Promise.all(
      [place, 'library/all/second', 'library/all/third'].map(
        async (path) => (await stat(objectIn(path, pointer))).ino,
      ),
    )
    expect([inodes[0] === inodes[1], inodes[0] === inodes[2]]).toEqual([true, false])
    expect(await work.read('library/all/second/a.bin')).toBe('shared')
  })

  it('is fetched if it is damaged there', { tags: ['deep'] }, async () => {
    const { 'a.bin': pointer = '' } = await commit({ 'a.bin': 'shared' })
    await sync()
    await writeFile(objectIn(place, pointer), 'sharex')
    await other('uDOS/second', pointer)
    await work.github.addLfsObject('uDOS/second', 'shared')
    await work.repos({ all: [{ repo: 'media' }, { repo: 'second' }] })
    await work.wizard('REPO', 'SYNC')
    expect(await work.read('library/all/second/a.bin')).toBe('shared')
  })
})

describe('pointers stay', () => {
  it('with lfs: false, and are filled in when it is true, upstream moved or not', {
    tags: ['deep'],
  }, async () => {
    const pointers = await commit({ 'a.bin': 'one', 'b.bin': 'b' })
    await reposWith({ lfs: false })
    expect((await sync()).entry).toMatchObject({ status: 'cloned', warnings: ['lfs'] })
    expect(await file('a.bin')).toBe(pointers['a.bin'])
    expect((await sync()).entry).toMatchObject({ status: 'unchanged', warnings: ['lfs'] })
    expect(batches()).toEqual([])
    await reposWith()
    expect((await sync()).entry).toMatchObject({ status: 'updated', warnings: [] })
    expect([await file('a.bin'), await file('b.bin')]).toEqual(['one', 'b'])
    expect(await changed()).toBe('')
    expect((await sync()).entry).toMatchObject({ status: 'unchanged', warnings: [] })
  })

  it('with lfs: false, and a pull fills in the others too', { tags: ['deep'] }, async () => {
    await commit({ 'a.bin': 'one', 'b.bin': 'b' })
    await reposWith({ lfs: false })
    await sync()
    await work.write(`${place}/b.bin`, 'mine')
    await commit({ 'c.bin': 'c' })
    await reposWith()
    expect((await sync()).entry).toMatchObject({ status: 'updated', warnings: [] })
    expect([await file('a.bin'), await file('b.bin'), await file('c.bin')]).toEqual([
      'one',
      'mine',
      'c',
    ])
  })

  it('with GIT_LFS_SKIP_SMUDGE', { tags: ['deep'] }, async () => {
    const pointers = await commit({ 'a.bin': 'one' })
    const { entry } = await sync([], { GIT_LFS_SKIP_SMUDGE: '1' })
    expect(entry).toMatchObject({ status: 'cloned', warnings: ['lfs'] })
    expect(await file('a.bin')).toBe(pointers['a.bin'])
    expect((await sync()).entry).toMatchObject({ status: 'updated', warnings: [] })
    expect(await file('a.bin')).toBe('one')
  })

  it('with CLONE --no-lfs, in later pulls too, until git is told otherwise', {
    tags: ['deep'],
  }, async () => {
    const pointers = await commit({ 'a.bin': 'one' })
    const { json } = await work.wizard('REPO', 'CLONE', name, 'own', '--no-lfs', '--json')
    expect(json).toMatchObject({ status: 'cloned', warnings: ['lfs'] })
    await commit({ 'b.bin': 'two' })
    expect((await work.wizard('REPO', 'PULL', 'own', '--json')).json).toMatchObject({
      status: 'updated',
      warnings: ['lfs'],
    })
    expect(await work.read('own/a.bin')).toBe(pointers['a.bin'])
    await work.git('own', 'config', '--unset', 'lfs.fetchexclude')
    expect((await work.wizard('REPO', 'PULL', 'own', '--json')).json).toMatchObject({
      status: 'updated',
      warnings: [],
    })
    expect([await work.read('own/a.bin'), await work.read('own/b.bin')]).toEqual(['one', 'two'])
  })

  it.each([
    ['lfs.fetchexclude', '/sub, *.b.bin', ['a.bin', 'x/sub/c.bin']],
    ['lfs.fetchinclude', 'sub', ['sub/b.bin', 'x/sub/c.bin']],
  ])('where %s of .lfsconfig leaves them out', async (key, value, wanted) => {
    const files = { 'a.bin': 'a', 'sub/b.bin': 'b', 'x/sub/c.bin': 'c', 'x/d.b.bin': 'd' }
    const pointers = await commit(files, {
      '.lfsconfig': `[lfs]\n\t${key.slice(4)} = "${value}"\n`,
    })
    expect((await sync()).entry).toMatchObject({ status: 'cloned', warnings: ['lfs'] })
    for (const [path, text] of Object.entries(files)) {
      expect([path, await file(path)]).toEqual([
        path,
        wanted.includes(path) ? text : pointers[path],
      ])
    }
  })
})
