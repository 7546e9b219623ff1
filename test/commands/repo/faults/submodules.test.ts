import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const place = 'library/all/super'
const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')
const sync = async () => (await work.wizard('REPO', 'SYNC', '--json')).json.repositories[0]

const both = async () =>
  submodules(
    { path: 'a', url: '../first', oid: await head('first') },
    { path: 'deep/b', url: '../second', oid: await head('second') },
  )

beforeEach(async () => {
  work = await openWorkspace()
  await repositoryWith(work, 'first', { 'f.txt': 'one\n', '.gitattributes': '*.bin filter=lfs\n' })
  await repositoryWith(work, 'second', { 's.txt': 'one\n', '.gitattributes': '*.crlf eol=crlf\n' })
  await repositoryWith(work, 'super', { 'top.txt': 'one\n', ...(await both()) })
  await work.repos({ all: [{ repo: 'super', submodules: true }] })
})
afterEach(() => work.close())

async function bump() {
  await work.github.commit('uDOS/first', { files: { 'f.txt': 'two\n' } })
  await work.github.commit('uDOS/second', { files: { 's.txt': 'two\n' } })
  await work.github.commit('uDOS/super', { files: { 'top.txt': 'two\n', ...(await both()) } })
}
const texts = () =>
  Promise.all(['top.txt', 'a/f.txt', 'deep/b/s.txt'].map((path) => work.read(`${place}/${path}`)))

const second = { origin: 'git', path: /\/uDOS\/second\// } as const
/** A byte of the pack's first object. */
const damaged = (body: Buffer) => {
  const at = body.indexOf('PACK') + 20
  return Buffer.concat([
    body.subarray(0, at),
    Buffer.of((body[at] ?? 0) ^ 1),
    body.subarray(at + 1),
  ])
}
const faults: [string, Fault, string][] = [
  ['is cut half-way', { ...second, asking: /want /, cutAfter: 200 }, 'GITHUB_NETWORK'],
  ['sends a damaged pack', { ...second, asking: /want /, rewrite: damaged }, 'GITHUB'],
  ['refuses', { ...second, status: 403 }, 'GITHUB_AUTH'],
  ['is not there any more', { ...second, status: 404 }, 'GITHUB_NOT_FOUND'],
  ['is in trouble', { ...second, status: 500 }, 'GITHUB_NETWORK'],
]

describe('where the server of one submodule', { tags: ['deep'] }, () => {
  it.each(faults)(
    '%s, a clone fails by its path, and is whole when that is over',
    async (_, fault, code) => {
      const failing = work.github.fail(fault)
      const { status, error } = await sync()
      expect({ status, code: error.code }).toEqual({ status: 'failed', code })
      expect(error.message).toMatch(/^submodule deep\/b: /)
      expect(existsSync(work.path(place))).toBe(false)
      failing.remove()
      expect(await sync()).toMatchObject({ status: 'cloned', warnings: [], error: null })
      expect(await texts()).toEqual(['one\n', 'one\n', 'one\n'])
    },
  )

  it.each(faults)(
    '%s, a pull fails, nothing moves, and the next one is whole',
    async (_, fault) => {
      await sync()
      await bump()
      const state = () =>
        snapshot(work.path(place), /^\.git$|(^|\/)(objects|FETCH_HEAD|refs\/remotes|logs)(\/|$)/)
      const before = await state()
      const failing = work.github.fail(fault)
      const { status, error } = await sync()
      expect(status).toBe('failed')
      expect(error.message).toMatch(/^submodule deep\/b: /)
      expect(await state()).toEqual(before)
      failing.remove()
      expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
      expect(await texts()).toEqual(['two\n', 'two\n', 'two\n'])
    },
  )
})

describe('where a pack of a submodule is', { tags: ['deep'] }, () => {
  it.each<[string, (pack: Buffer) => Buffer]>([
    ['cut', (pack) => pack.subarray(0, 60)],
    ['empty', () => Buffer.alloc(0)],
    [
      'damaged',
      (pack) => pack.map((byte, at) => (at > 12 && at < 200 ? byte ^ 0xff : byte)) as Buffer,
    ],
  ])(
    '%s, a pull fails by its path, nothing moves, and the next one is whole',
    async (_, damage) => {
      await sync()
      await bump()
      const folder = work.path(place, '.git/modules/deep/b/objects/pack')
      const name = (await readdir(folder)).find((one) => one.endsWith('.pack')) ?? ''
      const pack = await readFile(join(folder, name))
      await chmod(join(folder, name), 0o644)
      await writeFile(join(folder, name), damage(pack))
      const { status, error } = await sync()
      expect(status).toBe('failed')
      expect(error.message).toMatch(/^submodule deep\/b: .*\.pack/)
      expect(error.hint).toMatch(/the repository is damaged/)
      expect(await texts()).toEqual(['one\n', 'one\n', 'one\n'])
      await writeFile(join(folder, name), pack)
      expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
      expect(await texts()).toEqual(['two\n', 'two\n', 'two\n'])
    },
  )
})

describe('the files of a submodule', { tags: ['deep'] }, () => {
  it('are converted, and those of Git LFS have their content', async () => {
    const { pointer } = await work.github.addLfsObject('uDOS/first', 'content\n')
    await work.github.commit('uDOS/first', { files: { 'x.bin': pointer } })
    await work.github.commit('uDOS/second', { files: { 'x.crlf': 'a\nb\n' } })
    await work.github.commit('uDOS/super', { files: await both() })
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: [], error: null })
    expect(await work.read(`${place}/a/x.bin`)).toBe('content\n')
    expect(await work.read(`${place}/deep/b/x.crlf`)).toBe('a\r\nb\r\n')
    const { json } = await work.wizard('REPO', 'STATUS', '--json')
    expect(json[0]).toMatchObject({ is_dirty: false })
    const next = await work.github.addLfsObject('uDOS/first', 'more\n')
    await work.github.commit('uDOS/first', { files: { 'x.bin': next.pointer } })
    await work.github.removeLfsObject('uDOS/first', next.oid)
    await work.github.commit('uDOS/super', { files: { 'top.txt': 'two\n', ...(await both()) } })
    const { status, error } = await sync()
    expect(status).toBe('failed')
    expect(error.message).toMatch(/^submodule a: x\.bin: /)
    expect(await texts()).toEqual(['one\n', 'one\n', 'one\n'])
    await work.github.addLfsObject('uDOS/first', 'more\n')
    expect(await sync()).toMatchObject({ status: 'updated', error: null })
    expect(await work.read(`${place}/a/x.bin`)).toBe('more\n')
  })

  it('are pointers with lfs: false, as the warning says, and are filled in later', async () => {
    const { pointer } = await work.github.addLfsObject('uDOS/first', 'content\n')
    await work.github.commit('uDOS/first', { files: { 'x.bin': pointer } })
    await work.github.commit('uDOS/super', { files: await both() })
    await work.repos({ all: [{ repo: 'super', submodules: true, lfs: false }] })
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: ['lfs'], error: null })
    expect(await work.read(`${place}/a/x.bin`)).toBe(pointer)
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: ['lfs'] })
    await work.repos({ all: [{ repo: 'super', submodules: true }] })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/a/x.bin`)).toBe('content\n')
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: [] })
  })
})
