import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
const bytes = Buffer.from([0, 255, 10, 13, 10, 0x80, 26, 27, 91, 50, 74])
const text = 'grün\r\n\u001b[31mred\u001b[0m\n'

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', {
    files: {
      'a.txt': text,
      'sub/deep/b.bin': bytes,
      'sub/run.sh': { content: '#!/bin/sh\n', mode: '100755' },
      link: { symlink: 'a.txt' },
    },
    description: 'An editor',
    topics: ['tools', 'editor'],
    language: 'Rust',
    stars: 7,
    private: true,
  })
  await work.github.tag('uDOS/typo', 'v1')
  await work.github.branch('uDOS/typo', 'dev')
  await work.github.commit('uDOS/typo', { branch: 'dev', files: { 'a.txt': 'dev\n' } })
  for (let index = 0; index < 120; index++) {
    const name = `model-${String(index).padStart(3, '0')}`
    await work.github.addRepository(`many/${name}`, { empty: true, stars: index, language: 'Go' })
  }
  await work.repos({
    tools: [{ repo: 'typo' }, { repo: 'micro', branch: 'dev', pull_schedule: '0 0 * * *' }],
  })
})
afterAll(() => work.close())

const repo = (...args: string[]) => work.wizard('REPO', ...args)
const names = (json: { name: string }[]) => json.map(({ name }) => name)
const viewKeys = [
  ...['name', 'full_name', 'description', 'url', 'default_branch', 'pushed_at'],
  ...['size', 'stars', 'topics', 'archived', 'private'],
]

describe('REPO LIST', () => {
  it('gives all pages, by name', { tags: ['deep'] }, async () => {
    const sent = work.github.requests.length
    const { json } = await repo('LIST', 'many', '--json')
    expect(names(json)).toHaveLength(120)
    expect(names(json)).toEqual([...names(json)].sort())
    expect(Object.keys(json[0])).toEqual(expect.arrayContaining(viewKeys))
    expect(work.github.requests.length - sent).toBe(2)
  })

  it('stops at --limit, over a page and below', async () => {
    expect((await repo('LIST', 'many', '--limit', '3', '--json')).json).toHaveLength(3)
    expect((await repo('LIST', 'many', '--limit', '101', '--json')).json).toHaveLength(101)
  })

  it('takes the default owner, private ones among its own', async () => {
    const { out, err, status } = await repo('LIST')
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^uDOS\/typo\tmain\t7\t\d{4}-\d\d-\d\d\tprivate\tAn editor\n$/)
  })

  it('--local tells what repos.yaml names, and where, without a request', async () => {
    const sent = work.github.requests.length
    const { json } = await repo('LIST', '--local', '--json')
    expect(json).toMatchObject([
      { repo: 'uDOS/typo', group: 'tools', path: work.path('library/tools/typo'), branch: null },
      { repo: 'uDOS/micro', branch: 'dev', pull_schedule: '0 0 * * *', present: false },
    ])
    expect(work.github.requests.length).toBe(sent)
  })
})

describe('REPO SEARCH', () => {
  it('gives all pages, the most stars first', async () => {
    const { json } = await repo('SEARCH', 'model', '--language', 'go', '--sort', 'stars', '--json')
    expect(json).toHaveLength(120)
    expect(json.slice(0, 2).map(({ stars }: { stars: number }) => stars)).toEqual([119, 118])
    expect(Object.keys(json[0])).toEqual(expect.arrayContaining(viewKeys))
  })

  it('stops at --limit; finds nothing without failing', async () => {
    expect((await repo('SEARCH', 'model', '--limit', '2', '--json')).json).toHaveLength(2)
    const none = await repo('SEARCH', 'nothing-like-it', '--json')
    expect([none.status, none.json]).toEqual([0, []])
  })
})

describe('REPO VIEW and EXISTS', () => {
  it('VIEW has the keys that were promised', async () => {
    const { json } = await repo('VIEW', 'typo', '--json')
    expect(json).toMatchObject({
      name: 'typo',
      full_name: 'uDOS/typo',
      description: 'An editor',
      default_branch: 'main',
      stars: 7,
      topics: ['tools', 'editor'],
      archived: false,
      private: true,
    })
    expect(Object.keys(json)).toEqual(expect.arrayContaining(viewKeys))
    expect(json.pushed_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it.each(['', '.git', '/', '/tree/main/src', '/actions?query=x#y'])(
    'VIEW takes an address of it that ends in "%s"',
    async (end) => {
      const { json } = await work.wizard(
        'REPO',
        'VIEW',
        `${work.github.gitUrl}/uDOS/typo${end}`,
        '--json',
      )
      expect(json.full_name).toBe('uDOS/typo')
    },
  )

  it('EXISTS is exit 0 or 3, with a result either way', async () => {
    const there = await repo('EXISTS', 'typo', '--json')
    expect([there.status, there.json]).toEqual([0, { repo: 'uDOS/typo', exists: true }])
    const none = await repo('EXISTS', 'none', '--json')
    expect([none.status, none.json]).toEqual([3, { repo: 'uDOS/none', exists: false }])
    expect(JSON.parse(none.err).error.code).toBe('GITHUB_NOT_FOUND')
  })
})

describe('REPO CAT', () => {
  it.each([
    ['a.txt', Buffer.from(text)],
    ['sub/deep/b.bin', bytes],
    ['link', Buffer.from(text)],
  ])('%s comes as it is, byte for byte', async (path, content) => {
    const { stdout, status } = await repo('CAT', 'typo', path)
    expect([status, stdout.toString('hex')]).toEqual([0, content.toString('hex')])
  })

  it('--json holds text, or base64 for what is none', async () => {
    const asText = await repo('CAT', 'typo', 'a.txt', '--json')
    expect(asText.json).toEqual({ content: text, encoding: 'utf-8' })
    const asBytes = await repo('CAT', 'typo', 'sub/deep/b.bin', '--json', '--quiet')
    expect(asBytes.json).toEqual({ content: bytes.toString('base64'), encoding: 'base64' })
  })

  it('--ref takes a branch, a tag, a commit', async () => {
    expect((await repo('CAT', 'typo', 'a.txt', '--ref', 'dev')).out).toBe('dev\n')
    expect((await repo('CAT', 'typo', 'a.txt', '--ref', 'v1')).out).toBe(text)
    const commit = await work.github.oid('uDOS/typo', 'dev')
    expect((await repo('CAT', 'typo', 'a.txt', '--ref', commit)).out).toBe('dev\n')
  })
})

describe('REPO TREE', () => {
  it('lists the top, or all', async () => {
    const { json } = await repo('TREE', 'typo', '--json')
    expect(json).toEqual([
      {
        path: 'a.txt',
        mode: '100644',
        type: 'blob',
        size: Buffer.byteLength(text),
        sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
      { path: 'link', mode: '120000', type: 'blob', size: 5, sha: expect.any(String) },
      { path: 'sub', mode: '040000', type: 'tree', size: null, sha: expect.any(String) },
    ])
    const all = await repo('TREE', 'typo', '--recursive', '--ref', 'dev', '--json')
    const paths = all.json.map(({ path, mode }: Record<string, string>) => `${mode} ${path}`)
    expect(paths).toContain('100755 sub/run.sh')
    expect(paths).toContain('100644 sub/deep/b.bin')
  })

  it('of an empty repository is empty', async () => {
    const { json, status } = await repo('TREE', 'many/model-000', '--json')
    expect([status, json]).toEqual([0, []])
  })
})
