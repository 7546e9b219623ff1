import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gitText, type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub
let bare: string

beforeEach(async () => {
  github = await startLocalGitHub({ treeLimit: 8 })
  const files = {
    'README.md': '# typo\n',
    'src/deep/run.sh': { content: '#!/bin/sh\n', mode: '100755' as const },
    link: { symlink: 'README.md' },
    dangling: { symlink: '../outside' },
    '.gitmodules': '[submodule "lib"]\n\tpath = lib\n\turl = https://example.com/lib.git\n',
    lib: { gitlink: '1234567890123456789012345678901234567890' },
    big: Buffer.alloc(1024 * 1024 + 1, 'x'),
  }
  bare = (await github.addRepository('uDOS/typo', { files })).bare
})

afterEach(() => github.close())

async function get(path: string, accept = 'application/vnd.github+json') {
  const answer = await fetch(`${github.apiUrl}/repos/uDOS/typo${path}`, { headers: { accept } })
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, text, body: json ? JSON.parse(text) : undefined }
}

describe('contents', () => {
  test('a file, as JSON and raw', async () => {
    const { body } = await get('/contents/src/deep/run.sh')
    expect(Buffer.from(body.content, 'base64').toString()).toBe('#!/bin/sh\n')
    expect(body).toMatchObject({ type: 'file', encoding: 'base64', name: 'run.sh', size: 10 })
    expect((await get('/contents/README.md', 'application/vnd.github.raw+json')).text).toBe(
      '# typo\n',
    )
  })

  test('over a megabyte the content is left out, and raw still whole', async () => {
    expect((await get('/contents/big')).body).toMatchObject({ encoding: 'none', content: '' })
    expect((await get('/contents/big', 'application/vnd.github.raw')).text).toHaveLength(1048577)
  })

  test('folders, symlinks and submodules', async () => {
    const top = (await get('/contents/')).body
    expect(top.map(({ name, type }: { name: string; type: string }) => `${type} ${name}`)).toEqual([
      'file .gitmodules',
      'file README.md',
      'file big',
      'symlink dangling',
      'submodule lib',
      'symlink link',
      'dir src',
    ])
    expect((await get('/contents')).body).toEqual(top)
    expect((await get('/contents/src')).body[0].path).toBe('src/deep')
    expect((await get('/contents/link')).body).toMatchObject({ type: 'file', path: 'README.md' })
    expect((await get('/contents/dangling')).body.target).toBe('../outside')
    expect((await get('/contents/lib')).body.submodule_git_url).toBe('https://example.com/lib.git')
  })

  test('at a ref, and what is not there', async () => {
    await github.commit('uDOS/typo', { branch: 'feature/x', files: { new: 'new' } })
    expect((await get('/contents/new?ref=feature%2Fx')).status).toBe(200)
    expect((await get('/contents/new')).status).toBe(404)
    const { body } = await get('/contents/new?ref=none')
    expect(body.message).toBe('No commit found for the ref none')
  })
})

describe('git objects', () => {
  test('trees, with and without those below, cut at the limit', async () => {
    const flat = (await get('/git/trees/main')).body
    expect(flat.tree).toHaveLength(7)
    expect(flat.truncated).toBe(false)
    const deep = (await get('/git/trees/main?recursive=1')).body
    expect(deep.truncated).toBe(true)
    const lines = (await gitText(['ls-tree', '-r', '-t', 'main'], { dir: bare })).split('\n')
    type Entry = Record<'mode' | 'type' | 'sha' | 'path', string>
    const told = deep.tree.map((e: Entry) => `${e.mode} ${e.type} ${e.sha}\t${e.path}`)
    expect(told).toEqual(lines.slice(0, 8))
  })

  test('blobs, refs and tag objects', async () => {
    await github.tag('uDOS/typo', 'v1.0.0', { annotated: true, message: 'One' })
    const { object } = (await get('/git/ref/tags/v1.0.0')).body
    expect(object.type).toBe('tag')
    const tag = (await get(`/git/tags/${object.sha}`)).body
    expect(tag).toMatchObject({ tag: 'v1.0.0', message: 'One\n' })
    expect(tag.object.sha).toBe(await github.oid('uDOS/typo'))
    const sha = await gitText(['rev-parse', 'main:README.md'], { dir: bare })
    const { body } = await get(`/git/blobs/${sha}`)
    expect(Buffer.from(body.content, 'base64').toString()).toBe('# typo\n')
    expect((await get('/git/matching-refs/heads/ma')).body[0].ref).toBe('refs/heads/main')
    expect((await get('/git/ref/heads/ma')).status).toBe(404)
  })

  test('an empty repository says so', async () => {
    await github.remove('uDOS/typo')
    await github.addRepository('uDOS/typo', { empty: true })
    expect((await get('/git/trees/main')).status).toBe(409)
    expect((await get('/commits')).status).toBe(409)
    expect((await get('/contents/')).body.message).toBe('This repository is empty.')
    expect((await get('/branches')).body).toEqual([])
  })
})

describe('history', () => {
  test('branches, tags and commits', async () => {
    const oid = await github.commit('uDOS/typo', {
      files: { 'src/x': '1\n2\n', big: null },
      message: 'Add x',
    })
    await github.tag('uDOS/typo', 'v1', { annotated: true })
    expect((await get('/branches/main')).body.commit.sha).toBe(oid)
    expect((await get('/branches/none')).body.message).toBe('Branch not found')
    expect((await get('/tags')).body[0].commit.sha).toBe(oid)
    expect((await get('/commits?path=src/x')).body).toHaveLength(1)
    const { body } = await get('/commits/main')
    expect(body).toMatchObject({ sha: oid, commit: { message: 'Add x' }, parents: [{}] })
    expect(body.files).toMatchObject([
      { filename: 'big', status: 'removed' },
      { filename: 'src/x', status: 'added', additions: 2 },
    ])
    expect((await get('/commits/v1', 'application/vnd.github.sha')).text).toBe(oid)
    expect((await get('/commits/none')).status).toBe(422)
  })

  test('a comparison counts both ways', async () => {
    await github.branch('uDOS/typo', 'side')
    await github.commit('uDOS/typo', { branch: 'side' })
    await github.commit('uDOS/typo')
    await github.commit('uDOS/typo')
    const { body } = await get('/compare/main...side')
    expect(body).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 2 })
    expect((await get('/compare/main...none')).status).toBe(404)
  })
})
