import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PathError } from '../../../src/base/errors.js'
import { assertInside, contains, resolveInside } from '../../../src/config/locate/root.js'
import { temporaryFolder } from '../support.js'

describe('resolveInside', () => {
  test.each([
    ['/srv', '/library/x', '/srv/library/x'],
    ['/srv', 'library/x', '/srv/library/x'],
    ['/srv', '//library//x/', '/srv/library/x'],
    ['/srv', 'a/../b', '/srv/b'],
    ['/srv', '/', '/srv'],
    ['/srv', '..x/y', '/srv/..x/y'],
    ['/', '/library/x', '/library/x'],
    ['/', 'library/x', '/library/x'],
    ['/', '/../x', '/x'],
  ])('%s and %s: %s', (root, path, expected) => {
    expect(resolveInside(root, path)).toBe(expected)
  })

  test.each(['..', '../x', '/../x', 'a/../../x', '../srv2', 'a\0b'])('refuses %j', (path) => {
    expect(() => resolveInside('/srv', path)).toThrow(PathError)
  })
})

test('contains', () => {
  expect(contains('/a', '/a')).toBe(true)
  expect(contains('/a', '/a/b')).toBe(true)
  expect(contains('/a', '/ab')).toBe(false)
  expect(contains('/a', '/')).toBe(false)
  expect(contains('/', '/a')).toBe(true)
})

describe('assertInside', () => {
  async function folders() {
    const top = await temporaryFolder()
    const [root, outside] = [join(top, 'root'), join(top, 'outside')]
    await mkdir(join(root, 'library/real'), { recursive: true })
    await mkdir(outside)
    return { top, root, outside }
  }

  test('takes what is there, and what is not there yet', async () => {
    const { root } = await folders()
    await assertInside(root, root)
    await assertInside(root, join(root, 'library/real'))
    await assertInside(root, join(root, 'library/new/deeper'))
    await assertInside(join(root, 'nowhere'), join(root, 'nowhere/x'))
  })

  test('takes a link to another place inside', async () => {
    const { root } = await folders()
    await symlink('library/real', join(root, 'link'))
    await assertInside(root, join(root, 'link/new'))
  })

  test('takes a root that is a link itself', async () => {
    const { root, top } = await folders()
    await symlink(root, join(top, 'link'))
    await symlink('real', join(root, 'library/inner'))
    await assertInside(join(top, 'link'), join(top, 'link/library/real/x'))
    await assertInside(join(top, 'link'), join(top, 'link/library/inner/x'))
  })

  test.each(['../../outside', '/', '../..', 'nowhere'])(
    'refuses a link on the way to %s',
    async (target) => {
      const { root } = await folders()
      await symlink(target, join(root, 'library/out'))
      const inside = assertInside(root, join(root, 'library/out/x'))
      await expect(inside).rejects.toThrow(PathError)
      await expect(inside).rejects.toThrow(/is a symbolic link that points (?:out of|to nothing)/)
    },
  )

  test('refuses the last step as a link out', async () => {
    const { root, outside } = await folders()
    await symlink(outside, join(root, 'library/out'))
    await expect(assertInside(root, join(root, 'library/out'))).rejects.toThrow(PathError)
  })

  test('refuses a link to a link out, and links in a circle', async () => {
    const { root, outside } = await folders()
    await symlink(outside, join(root, 'library/real/out'))
    await symlink('real/out', join(root, 'library/two'))
    await symlink('circle', join(root, 'library/circle'))
    await expect(assertInside(root, join(root, 'library/two/x'))).rejects.toThrow(PathError)
    await expect(assertInside(root, join(root, 'library/circle/x'))).rejects.toThrow(PathError)
  })

  test('refuses a file on the way, and a path that is not inside', async () => {
    const { root, outside } = await folders()
    await writeFile(join(root, 'library/file'), '')
    await expect(assertInside(root, join(root, 'library/file/x'))).rejects.toThrow('is a file')
    await assertInside(root, join(root, 'library/file'))
    await expect(assertInside(root, outside)).rejects.toThrow(PathError)
  })
})
