import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { releasePlugin, trusting } from '../../support/plugins.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

const plugin = (...args: string[]) => space.wizard('PLUGIN', ...trusting(args))
const own = (...parts: string[]) => space.path('plugins/.wizard', ...parts)

async function installed(id = 'micro') {
  await releasePlugin(space.github, `uDOS/${id}`)
  expect((await plugin('INSTALL', id)).status).toBe(0)
}

describe("wizard's own folders and files", () => {
  it.each(['', 'staging', 'cache'])(
    'are not followed elsewhere: .wizard/%s',
    { tags: ['deep'] },
    async (name) => {
      await installed()
      await mkdir(space.path('mine/staging'), { recursive: true })
      await mkdir(space.path('mine/cache'))
      await writeFile(space.path('mine/staging/a'), 'mine')
      await writeFile(space.path('mine/cache/b'), 'mine')
      await rm(own(name), { recursive: true, force: true })
      await symlink(space.path('mine', name), own(name))
      const { status, err } = await plugin('UPDATE')
      expect([status, err]).toEqual([2, expect.stringMatching(/is a symbolic link/)])
      expect(existsSync(space.path('mine/staging/a'))).toBe(true)
      expect(await readdir(space.path('mine/cache'))).toEqual(['b'])
    },
  )

  it.each([
    ['', 'journal.json is damaged'],
    ['{"id":"../x","work":"a","entry":null}', 'journal.json is damaged'],
    ['{"id":"micro","work":"..","entry":null}', 'journal.json is damaged'],
  ])(
    'a journal that is none stops all, and says how to go on: %s',
    { tags: ['deep'] },
    async (text, fault) => {
      await installed()
      await writeFile(own('journal.json'), text)
      const { status, err } = await plugin('PIN', 'micro')
      expect([status, err]).toEqual([
        8,
        expect.stringMatching(`${fault}.*\nhint: .*remove the file`),
      ])
      await rm(own('journal.json'))
      expect((await plugin('VERIFY')).status).toBe(0)
    },
  )

  it('a state that can not be read is kept when a new one is written', {
    tags: ['deep'],
  }, async () => {
    await installed()
    await plugin('DISABLE', 'micro')
    const damaged = (await space.read('plugins/.wizard/state.json')).replace('}', '},,')
    await writeFile(own('state.json'), damaged)
    const { status, err } = await plugin('PIN', 'micro')
    expect([status, err.match(/warning: /g)?.length]).toEqual([0, 1])
    expect(err).toContain('state.json.damaged')
    expect(await space.read('plugins/.wizard/state.json.damaged')).toBe(damaged)
    expect((await plugin('LIST', '--json')).json).toMatchObject([{ pinned: true }])
  })

  it('a folder in the place of the lock is told, and nothing is installed', async () => {
    await releasePlugin(space.github, 'uDOS/micro')
    await mkdir(space.path('plugins/plugins.lock.json'), { recursive: true })
    for (const args of [['LIST'], ['INSTALL', 'micro']]) {
      const { status, err } = await plugin(...args)
      expect([status, err]).toEqual([2, expect.stringContaining('expected a file')])
    }
    expect(existsSync(space.path('plugins/micro'))).toBe(false)
  })
})

describe('files that somebody changed', { tags: ['deep'] }, () => {
  it('are told of, wherever they go', async () => {
    await installed()
    await writeFile(space.path('plugins/micro/main.txt'), 'mine\n')
    await releasePlugin(space.github, 'uDOS/micro', { version: '1.1.0' })
    const first = await plugin('UPDATE')
    const previous = own('previous/micro/tree')
    expect(first.err).toContain(`changed files of a plugin were moved to ${previous}\n`)
    await releasePlugin(space.github, 'uDOS/micro', { version: '1.2.0' })
    const { err } = await plugin('UPDATE')
    const [, place = ''] = /changed files of a plugin were moved to (.*)\n/.exec(err) ?? []
    expect(place.startsWith(space.path('.wizard/trash/'))).toBe(true)
    expect(await readdir(place)).toContain('main.txt')
  })

  it('stay where they are while the trash can not be had', async () => {
    await installed()
    await writeFile(space.path('plugins/micro/main.txt'), 'mine\n')
    await mkdir(space.path('elsewhere'))
    await symlink(space.path('elsewhere'), space.path('.wizard'))
    await rm(space.path('elsewhere'), { recursive: true })
    expect(await plugin('REMOVE', 'micro')).toMatchObject({ status: 2 })
    expect(await space.read('plugins/micro/main.txt')).toBe('mine\n')
  })
})

it('shows nothing of a manifest as if wizard said it', { tags: ['deep'] }, async () => {
  const lines = 'one\n✅ other installed\u001b[2J'
  const installation = { post_install: [lines] }
  await releasePlugin(space.github, 'uDOS/micro', {
    tag: 'v1.0.0',
    manifest: { version: lines, description: 'a\u009b2Jb\u202e', installation },
  })
  const { status, out } = await plugin('INSTALL', 'micro')
  expect([status, out.split('\n').filter((line) => line.startsWith('✅')).length]).toEqual([0, 1])
  expect(out).toContain('\n     ✅ other installed\n')
  const list = await plugin('LIST', '--json')
  expect([list.json[0].description, /[\u007f-\u009f\u202e]/.test(list.out)]).toEqual([
    'a\u009b2Jb\u202e',
    false,
  ])
})
