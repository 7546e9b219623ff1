import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { privateFolder } from '../../src/process/private-folder.js'

const uid = process.getuid?.() ?? 0
const stranger = 54_321
let home: string

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'wizard-home-')))
})
afterEach(() => rm(home, { recursive: true }))

const path = (...parts: string[]) => join(home, ...parts)
const folder = (cacheHome?: string) => privateFolder({ cacheHome, home: () => home, uid })

/** Folders, each with exactly this mode. */
async function make(modes: Record<string, number>) {
  for (const [name, mode] of Object.entries(modes)) {
    await mkdir(path(name), { recursive: true })
    await chmod(path(name), mode)
  }
}

const modeOf = async (name: string) => (await stat(path(name))).mode & 0o777

it('is made for its owner only, with the folder above it', async () => {
  expect(folder()).toBe(path('.cache/wizard'))
  expect(await modeOf('.cache')).toBe(0o700)
  expect(await modeOf('.cache/wizard')).toBe(0o700)
  expect(folder()).toBe(path('.cache/wizard'))
})

it('is in XDG_CACHE_HOME where that is an absolute path', () => {
  expect(folder(path('own'))).toBe(path('own/wizard'))
  expect(folder('own')).toBe(path('.cache/wizard'))
  expect(folder('')).toBe(path('.cache/wizard'))
})

it.each([
  ['readable by others', { '.cache': 0o755, '.cache/wizard': 0o755 }, true],
  ['writable by the group', { '.cache': 0o700, '.cache/wizard': 0o770 }, false],
  ['writable by all', { '.cache': 0o700, '.cache/wizard': 0o707 }, false],
  ['writable by all, sticky', { '.cache': 0o700, '.cache/wizard': 0o1777 }, false],
  ['below one that the group can write to', { '.cache': 0o770, '.cache/wizard': 0o700 }, false],
  ['below one as /tmp is', { '.cache': 0o1777, '.cache/wizard': 0o700 }, true],
])('%s: %o', async (_what, modes, isPrivate) => {
  await make(modes)
  expect(folder()).toBe(isPrivate ? path('.cache/wizard') : null)
})

it('is none where its home is missing, unknown or a file', async () => {
  const missing = path('nobody')
  expect(privateFolder({ cacheHome: undefined, home: () => missing, uid })).toBeNull()
  await expect(stat(missing)).rejects.toMatchObject({ code: 'ENOENT' })
  const unknown = () => {
    throw new Error('no such user')
  }
  expect(privateFolder({ cacheHome: undefined, home: unknown, uid })).toBeNull()
  await writeFile(path('.cache'), '')
  expect(folder()).toBeNull()
})

it('is judged by where it really is', async () => {
  await make({ '.cache': 0o700, real: 0o700, shared: 0o777 })
  await symlink(path('real'), path('.cache/wizard'))
  expect(folder()).toBe(path('real'))
  await rm(path('.cache/wizard'))
  await symlink(path('shared'), path('.cache/wizard'))
  expect(folder()).toBeNull()
  await rm(path('.cache/wizard'))
  await symlink(path('nowhere'), path('.cache/wizard'))
  expect(folder()).toBeNull()
})

it("is not another user's", async () => {
  await make({ '.cache': 0o700, '.cache/wizard': 0o700 })
  const { uid: owner } = await stat(home)
  const as = (uid: number) => privateFolder({ cacheHome: undefined, home: () => home, uid })
  expect(as(owner)).toBe(path('.cache/wizard'))
  expect(as(owner + 1)).toBeNull()
})

it("is not below another user's folder, nor behind another user's link", async ({ skip }) => {
  if (uid !== 0) skip('only root can give files away')
  await make({ '.cache': 0o700, '.cache/wizard': 0o700 })
  await chown(path('.cache'), stranger, stranger)
  expect(folder()).toBeNull()
  await chown(path('.cache'), 0, 0)
  expect(folder()).toBe(path('.cache/wizard'))
  await rm(path('.cache/wizard'), { recursive: true })
  await make({ real: 0o700 })
  await symlink(path('real'), path('.cache/wizard'))
  expect(folder()).toBe(path('real'))
  await lchown(path('.cache/wizard'), stranger, stranger)
  expect(folder()).toBeNull()
})
