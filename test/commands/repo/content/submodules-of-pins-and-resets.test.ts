import type { Files } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const place = 'library/all/super'
const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')
const run = async (...args: string[]) => {
  const { json } = await work.wizard('REPO', ...args, '--json')
  return json.repositories?.[0] ?? json
}
const reset = async () => {
  // Each backup ref is named by the time.
  await work.clock.pass(1000)
  return run('RESET', 'super', '--yes')
}
const point = async () => submodules({ path: 'lib', url: '../lib.git', oid: await head('lib') })
const mine = (folder: string, ...args: string[]) => work.git(`${place}${folder}`, ...args)
const commitMine = (folder: string) => mine(folder, 'commit', '-q', '--allow-empty', '-am', 'mine')

async function bump(text: string, more: Files = {}): Promise<void> {
  await work.github.commit('uDOS/lib', { files: { 'a.txt': text } })
  await work.github.commit('uDOS/super', {
    files: { 'top.txt': text, ...(await point()), ...more },
  })
}

beforeEach(async () => {
  work = await openWorkspace()
  await work.repos({ all: [{ repo: 'super', submodules: true }] })
  await repositoryWith(work, 'lib', { 'a.txt': 'one\n' })
  await repositoryWith(work, 'super', { 'top.txt': 'one\n', ...(await point()) })
})
afterEach(() => work.close())

describe('REPO RESET', { tags: ['deep'] }, () => {
  it('has submodules follow the commit that it takes', async () => {
    await run('SYNC')
    await commitMine('')
    await bump('two\n')
    expect(await run('SYNC')).toMatchObject({ status: 'blocked', reason: 'diverged' })
    expect(await reset()).toMatchObject({ status: 'updated', warnings: [] })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('two\n')
    expect(await mine('', 'status', '--porcelain')).toBe('')
  })

  it('leaves changes in a submodule, and moves nothing', async () => {
    await run('SYNC')
    await commitMine('')
    await bump('two\n')
    await work.write(`${place}/lib/a.txt`, 'mine\n')
    const before = await mine('', 'rev-parse', 'HEAD')
    expect(await reset()).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('mine\n')
    expect(await mine('', 'rev-parse', 'HEAD')).toBe(before)
    expect(await mine('', 'for-each-ref', 'refs/wizard')).toBe('')
  })

  it('keeps a commit of a submodule to which only its detached HEAD leads', async () => {
    await run('SYNC')
    await commitMine('/lib')
    const commit = await mine('/lib', 'rev-parse', 'HEAD')
    await commitMine('')
    await bump('two\n')
    const { status, reason, error } = await reset()
    expect([status, reason, error.message]).toEqual([
      'blocked',
      'diverged',
      'submodule lib: it has commits of its own on a detached HEAD',
    ])
    expect(await mine('/lib', 'rev-parse', 'HEAD')).toBe(commit)
    // What the hint advises.
    await mine('/lib', 'branch', 'kept')
    await mine('/lib', 'checkout', '-q', 'kept')
    expect(await reset()).toMatchObject({ status: 'updated', error: null })
    expect(await mine('/lib', 'rev-parse', 'kept')).toBe(commit)
    expect(await work.read(`${place}/lib/a.txt`)).toBe('two\n')
  })
})

describe('submodules', { tags: ['deep'] }, () => {
  it('follow a pin forth and back', async () => {
    await work.github.tag('uDOS/super', 'v1')
    const first = await head('super')
    await bump('two\n')
    await work.github.tag('uDOS/super', 'v2')
    const second = await head('super')
    for (const [branch, text] of [
      ['v1', 'one\n'],
      ['v2', 'two\n'],
      [first, 'one\n'],
      [second, 'two\n'],
    ] as const) {
      await work.repos({ all: [{ repo: 'super', branch, submodules: true }] })
      expect([branch, await run('SYNC')]).toMatchObject([branch, { warnings: [], error: null }])
      expect([branch, await work.read(`${place}/lib/a.txt`)]).toEqual([branch, text])
      expect([branch, await mine('', 'status', '--porcelain')]).toEqual([branch, ''])
    }
  })

  it('of a shallow clone are as git has them, and follow', async () => {
    await bump('two\n')
    await run('CLONE', 'uDOS/super', '--depth', '1', '--recurse-submodules')
    const url = `${work.github.gitUrl}/uDOS/super.git`
    await work.git('.', 'clone', '-q', '--depth', '1', '--recurse-submodules', url, 'by-git')
    const state = async (folder: string) => ({
      commits: await work.git(folder, 'rev-list', '--count', 'HEAD'),
      inside: await work.git(`${folder}/lib`, 'rev-list', '--count', 'HEAD'),
      refs: await work.git(`${folder}/lib`, 'for-each-ref'),
    })
    expect(await state('super')).toEqual(await state('by-git'))
    await bump('three\n')
    const pulled = await run('PULL', './super', '--recurse-submodules')
    expect(pulled).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read('super/lib/a.txt')).toBe('three\n')
  })
})
