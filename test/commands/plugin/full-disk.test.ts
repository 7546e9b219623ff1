import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, statfs, symlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { releasePlugin, trusting } from '../../support/plugins.js'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

const execute = promisify(execFile)
let space: Workspace
let small: string
let canMount = true

beforeEach(async () => {
  space = await openWorkspace()
  small = space.path('small')
  await mkdir(small)
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small])
  } catch (error) {
    console.log(`skipped: no tmpfs can be mounted here: ${(error as Error).message.trim()}`)
    canMount = false
  }
})
afterEach(async () => {
  if (canMount) await execute('umount', [small])
  await space.close()
})

const plugin = (...args: string[]) =>
  space.wizard('PLUGIN', ...trusting(args), '--json', '--root', small)

async function installed() {
  await releasePlugin(space.github, 'uDOS/micro')
  expect((await plugin('INSTALL', 'micro')).status).toBe(0)
}

async function fillDisk() {
  for (let size = 4096 * 64, count = 0; size >= 1; ) {
    const { bavail } = await statfs(small)
    if (bavail === 0) return
    await writeFile(join(small, `ballast-${count++}`), Buffer.alloc(Math.min(size, bavail * 4096)))
    size = Math.max(1, size / 2)
  }
}

describe('on a full disk', { tags: ['deep'] }, () => {
  it('REMOVE makes room, VERIFY and UPDATE --dry-run work', async ({ skip }) => {
    if (!canMount) return skip()
    await installed()
    await releasePlugin(space.github, 'uDOS/micro', { version: '1.1.0' })
    await fillDisk()
    expect(await plugin('VERIFY')).toMatchObject({ status: 0, json: [{ status: 'ok' }] })
    const plan = await plugin('UPDATE', '--dry-run')
    expect(plan).toMatchObject({ status: 0, json: [{ planned: 'update', to: 'v1.1.0' }] })
    expect((await plugin('UPDATE')).err).toContain('no space is left')
    const removed = await plugin('REMOVE', 'micro')
    expect([removed.status, removed.err]).toEqual([0, ''])
    expect(existsSync(join(small, 'plugins/micro'))).toBe(false)
    expect((await plugin('LIST')).json).toEqual([])
    expect(await readdir(join(small, 'plugins/.wizard/cache'))).toEqual([])
    expect((await statfs(small)).bavail).toBeGreaterThan(0)
  })
})

describe('in a root that can not be written to', { tags: ['deep'] }, () => {
  const readOnly = () => execute('mount', ['-o', 'remount,ro', small])

  it('VERIFY and UPDATE --dry-run work, and what writes is refused', async ({ skip }) => {
    if (!canMount) return skip()
    await installed()
    await releasePlugin(space.github, 'uDOS/micro', { version: '1.1.0' })
    await readOnly()
    const before = await snapshot(small)
    expect(await plugin('VERIFY')).toMatchObject({ status: 0, json: [{ status: 'ok' }] })
    const plan = await plugin('UPDATE', '--dry-run')
    expect(plan).toMatchObject({ status: 0, json: [{ planned: 'update', to: 'v1.1.0' }] })
    for (const args of [['UPDATE'], ['REMOVE', 'micro'], ['PIN', 'micro']]) {
      expect((await plugin(...args)).err).toContain('the file system is read-only')
    }
    expect(await snapshot(small)).toEqual(before)
  })

  it('says when a change there is half-done, or under way', async ({ skip }) => {
    if (!canMount) return skip()
    await installed()
    const own = (name: string) => join(small, 'plugins/.wizard', name)
    await writeFile(own('journal.json'), '{"id":"micro","work":"w","entry":null}')
    await readOnly()
    expect((await space.wizard('PLUGIN', 'VERIFY', '--root', small)).err).toContain('half-done')
    await execute('mount', ['-o', 'remount,rw', small])
    await rm(own('journal.json'))
    const mark = { pid: 1, host: `${hostname()}-other`, since: 'today', command: 'PLUGIN UPDATE' }
    await symlink(`wizard:${JSON.stringify(mark)}`, own('lock'))
    await readOnly()
    expect((await plugin('VERIFY')).status).toBe(75)
  })
})
