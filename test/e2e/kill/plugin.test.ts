import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { zip } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestOf, releasePlugin, trusting } from '../../support/plugins.js'
import { inShell } from '../../support/shell.js'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let space: Workspace
const preload = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url))

const archive = (version: string) =>
  zip([
    { name: 'manifest.json', content: JSON.stringify(manifestOf('micro', version)) },
    { name: 'bin/run.sh', content: `#!/bin/sh\necho ${version}\n`, mode: 0o100755 },
    { name: 'deep/er/text.txt', content: version.repeat(1000), deflated: true },
  ])

const release = (version: string) =>
  releasePlugin(space.github, 'uDOS/micro', { version, assets: { 'micro.zip': archive(version) } })

beforeAll(async () => {
  space = await openWorkspace()
  await release('1.0.0')
})
afterAll(() => space.close())

const run = (args: string[], env: Record<string, string>) =>
  space.spawn(['PLUGIN', ...trusting(args)], { env, nodeArgs: ['--import', preload] })

/** The calls to kill at, out of those of an undisturbed run. */
async function points(wanted: number, args: string[]): Promise<number[]> {
  await run(args, { COUNT_TO: space.path('count') })
  return killPoints(Number(await readFile(space.path('count'), 'utf8')), wanted)
}

const micro = () =>
  existsSync(space.path('plugins/micro')) ? snapshot(space.path('plugins/micro')) : null
const locked = async () =>
  JSON.parse(await space.read('plugins/plugins.lock.json')).plugins.micro?.tag
const own = () => readdir(space.path('plugins/.wizard'))

describe(`SIGKILL of PLUGIN (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('at any point of INSTALL: absent or whole, and the next run cleans up', async () => {
    const at = await points(7, ['INSTALL', 'micro'])
    const whole = await micro()
    const outcomes = new Set<boolean>()
    for (const point of at) {
      await rm(space.path('plugins'), { recursive: true })
      await run(['INSTALL', 'micro'], { KILL_AT: `${point}` })
      const there = await micro()
      if (there !== null) expect([point, there]).toEqual([point, whole])
      await space.wizard('PLUGIN', 'VERIFY')
      outcomes.add((await micro()) !== null)
      if ((await micro()) !== null) expect([point, await micro()]).toEqual([point, whole])
      const rest = existsSync(space.path('plugins/.wizard')) ? await own() : []
      expect([point, rest.filter((name) => /staging|journal|lock/.test(name))]).toEqual([point, []])
    }
    expect([...outcomes].sort()).toEqual([false, true])
  })

  it('at any point of REMOVE: what somebody changed is in its place, or in the trash', async () => {
    await rm(space.path('plugins'), { recursive: true })
    await space.wizard('PLUGIN', 'INSTALL', 'micro', '--trust')
    await writeFile(space.path('plugins/micro/mine.txt'), 'mine')
    const copy = (from: string, to: string) =>
      inShell(['cp', '--archive', space.path(from), space.path(to)])
    const clear = async (...names: string[]) => {
      for (const name of names) await rm(space.path(name), { recursive: true, force: true })
    }
    copy('plugins', 'mine')
    const at = await points(6, ['REMOVE', 'micro'])
    const outcomes = new Set<boolean>()
    for (const point of at) {
      await clear('plugins', '.wizard')
      copy('mine', 'plugins')
      await run(['REMOVE', 'micro'], { KILL_AT: `${point}` })
      await space.wizard('PLUGIN', 'VERIFY')
      const kept = await readdir(space.path('.wizard'), { recursive: true }).catch(() => [])
      const trashed = kept.some((path) => path.endsWith('micro/mine.txt'))
      const there = existsSync(space.path('plugins/micro/mine.txt'))
      outcomes.add(there)
      expect([point, trashed]).toEqual([point, !there])
    }
    expect([...outcomes].sort()).toEqual([false, true])
    await clear('.wizard', 'mine')
  })

  it('at any point of UPDATE: the old version or the new one, byte for byte', async () => {
    const copy = (from: string, to: string) => {
      inShell(['rm', '-rf', space.path(to)])
      inShell(['cp', '--archive', space.path(from), space.path(to)])
    }
    await rm(space.path('plugins'), { recursive: true })
    await space.wizard('PLUGIN', 'INSTALL', 'micro', '--trust')
    const old = await micro()
    copy('plugins', 'before')
    await release('1.1.0')
    const at = await points(7, ['UPDATE'])
    const fresh = await micro()
    expect(fresh).not.toEqual(old)
    const outcomes = new Set<string>()
    for (const point of at) {
      copy('before', 'plugins')
      await run(['UPDATE'], { KILL_AT: `${point}` })
      expect((await space.wizard('PLUGIN', 'VERIFY')).status).toBe(0)
      const tag = await locked()
      outcomes.add(tag)
      expect([point, await micro()]).toEqual([point, tag === 'v1.0.0' ? old : fresh])
      expect((await own()).filter((name) => /staging|journal|lock/.test(name))).toEqual([])
      const { status } = await space.wizard('PLUGIN', 'ROLLBACK', 'micro')
      expect([point, status]).toEqual([point, tag === 'v1.0.0' ? 3 : 0])
      if (status === 0) expect([point, await micro()]).toEqual([point, old])
    }
    expect([...outcomes].sort()).toEqual(['v1.0.0', 'v1.1.0'])
  })
})
