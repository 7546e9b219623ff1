import { mkdir, rm, stat } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { releasePlugin } from '../../support/plugins.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

const plugin = (...args: string[]) => space.wizard('PLUGIN', ...args)
const github = () => space.github
const lock = async () => JSON.parse(await space.read('plugins/plugins.lock.json')).plugins
const own = () => ({ XDG_CONFIG_HOME: space.path('own') })
const file = 'own/wizard/trusted.yaml'
const run = (args: string[], more: { columns?: number; answer?: string } = {}) =>
  space.run(['PLUGIN', ...args], { env: own(), ...more })

const remove = (name: string) => rm(space.path('plugins', name), { recursive: true })

describe('a publisher', () => {
  it('is trusted once, by the user, in the user’s own folder', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    await releasePlugin(github(), 'uDOS/typo')
    for (const args of [['micro'], ['micro', '--yes']]) {
      const { status, err } = await run(['INSTALL', ...args])
      expect([status, err]).toEqual([4, expect.stringContaining('do not trust the publisher')])
      expect(err).toContain('--trust')
    }
    expect((await run(['INSTALL', 'micro', '--trust'])).status).toBe(0)
    expect((await run(['INSTALL', 'typo'])).status).toBe(0)
    expect(await space.read(file)).toMatch(/owner: uDOS\n\s+owner_id: \d+\n\s+key: null/)
    expect((await stat(space.path(file))).mode & 0o777).toBe(0o600)
    await releasePlugin(github(), 'other/nano', { topics: [] })
    expect((await run(['INSTALL', 'other/nano'])).status).toBe(4)
    expect(Object.keys(await lock())).toEqual(['micro', 'typo'])
  })

  it('is asked about on a terminal, and a no is kept nowhere', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    const no = await run(['INSTALL', 'micro'], { columns: 100, answer: 'n' })
    expect([no.status, no.shown]).toEqual([4, expect.stringContaining('Trust this publisher?')])
    const yes = await run(['INSTALL', 'micro'], { columns: 100, answer: 'y' })
    expect(yes.status).toBe(0)
    expect((await run(['UPDATE'])).status).toBe(0)
  })

  it('stays as a person wrote it, and is not taken from what is damaged', {
    tags: ['deep'],
  }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    await mkdir(space.path('own/wizard'), { recursive: true })
    await space.write(file, '# mine\npublishers:\n  # a friend\n  - { host: x.test, owner: y }\n')
    expect((await run(['INSTALL', 'micro', '--trust'])).status).toBe(0)
    const text = await space.read(file)
    expect(text).toMatch(/# mine[\s\S]*# a friend[\s\S]*x\.test[\s\S]*owner: uDOS/)
    await space.write(file, 'publishers: [')
    await releasePlugin(github(), 'uDOS/typo')
    const { status, err } = await run(['INSTALL', 'typo', '--trust'])
    expect([status, err]).toEqual([2, expect.stringContaining('is not a list of publishers')])
    expect(await space.read(file)).toBe('publishers: [')
  })

  it('is needed for what a plugin depends on, and for --frozen', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro', {
      manifest: { dependencies: { plugins: ['other/nano'] } },
    })
    await releasePlugin(github(), 'other/nano')
    expect((await run(['INSTALL', 'micro', '--trust'])).status).toBe(0)
    await space.write(file, '')
    for (const name of ['micro', 'nano', '.wizard']) await remove(name)
    expect((await run(['INSTALL', '--frozen'])).status).toBe(4)
    expect((await run(['INSTALL', '--frozen', '--trust'])).status).toBe(0)
  })
})

describe('the repository of a plugin', () => {
  const install = () => plugin('INSTALL', 'uDOS/ren', '--trust')

  it.each([
    ['UPDATE', 'ren'],
    ['INSTALL', 'ren'],
    ['INSTALL', 'uDOS/ren'],
    ['INSTALL', 'ren', '--frozen'],
  ])('is refused if another took its name: %s %s', async (...args) => {
    await releasePlugin(github(), 'uDOS/ren')
    await install()
    const before = await lock()
    github().rename('uDOS/ren', 'uDOS/renamed')
    await releasePlugin(github(), 'uDOS/ren', { version: '9.0.0' })
    if (args.includes('--frozen')) for (const name of ['ren', '.wizard']) await remove(name)
    const { status, err, out } = await plugin(...args, '--trust')
    expect(status).toBe(args[0] === 'UPDATE' ? 1 : 8)
    expect(err + out).toContain('is now a different repository from the one that was installed')
    expect(err).toMatch(/^hint: .*lock/m)
    expect(await lock()).toEqual(before)
  })

  it.each([['UPDATE'], ['INSTALL', 'ren'], ['INSTALL', 'uDOS/renamed']])(
    'is followed and said if it was renamed: %s %s',
    { tags: ['deep'] },
    async (...args) => {
      await releasePlugin(github(), 'uDOS/ren')
      await install()
      github().rename('uDOS/ren', 'uDOS/renamed')
      const search = (await plugin('SEARCH', '--json')).json
      expect(search).toMatchObject([{ repo: 'uDOS/renamed', installed_version: '1.0.0' }])
      const { status, err } = await plugin(...args)
      expect([status, err]).toEqual([0, expect.stringContaining('is now called uDOS/renamed')])
      expect((await lock()).ren.repo).toBe('uDOS/renamed')
      expect((await plugin(...args)).err).not.toContain('is now called')
    },
  )

  it('is known by the commit of its tag where an older lock has no id', {
    tags: ['deep'],
  }, async () => {
    await releasePlugin(github(), 'uDOS/ren')
    await install()
    const id = (await lock()).ren.repository_id
    const older = async () => {
      const text = await space.read('plugins/plugins.lock.json')
      const { plugins, ...rest } = JSON.parse(text)
      const { repository_id: _, ...ren } = plugins.ren
      const older = JSON.stringify({ ...rest, plugins: { ren } })
      await space.write('plugins/plugins.lock.json', older)
    }
    await older()
    expect((await plugin('UPDATE')).status).toBe(0)
    expect((await lock()).ren.repository_id).toBe(id)
    await older()
    github().rename('uDOS/ren', 'uDOS/renamed')
    await releasePlugin(github(), 'uDOS/ren', { version: '9.0.0' })
    const { status, out } = await plugin('UPDATE', '--trust')
    expect([status, out]).toEqual([1, expect.stringContaining('no longer has what was installed')])
  })
})
