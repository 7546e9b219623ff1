import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { editConfig } from '../../../../src/git/plumbing/config/edit.js'
import { git, temporaryFolder } from '../../support/real-git.js'

/** @returns the file's text after the edit, and what git reads in it */
async function edit(text: string, values: Record<string, string>) {
  const dir = temporaryFolder()
  writeFileSync(join(dir, 'config'), text)
  await editConfig(dir, [{ name: 'submodule', subsection: 'a "b".c', values }])
  const read = (key: string) =>
    git(dir, ['config', '--file', 'config', '--get', `submodule.a "b".c.${key}`])
  return { after: readFileSync(join(dir, 'config'), 'utf8'), read }
}
const heading = '[submodule "a \\"b\\".c"]\n'

describe('an edit of git’s configuration', () => {
  it('adds a section, and git reads it', async () => {
    const { after, read } = await edit('[core]\n\tbare = false', { url: '../x#y', active: 'true' })
    expect(after).toBe(`[core]\n\tbare = false\n${heading}\turl = "../x#y"\n\tactive = true\n`)
    expect(read('url')).toBe('../x#y')
  })

  it('changes a value where it is, and keeps every other line', async () => {
    const before = `# mine\n${heading}  URL = old ; why\n\tx = 1\n\n[core]\n\tbare = false\n`
    const { after, read } = await edit(before, { url: 'new', update: 'none' })
    expect(after).toBe(
      `# mine\n${heading}\turl = new\n\tx = 1\n\n\tupdate = none\n[core]\n\tbare = false\n`,
    )
    expect([read('url'), read('update'), read('x')]).toEqual(['new', 'none', '1'])
  })

  it('keeps a carriage return at the end of a value (CVE-2025-48384)', async () => {
    const { after } = await edit('', { worktree: '../../../lib\r' })
    expect(after).toBe(`${heading}\tworktree = "../../../lib\r"\n`)
  })

  it('refuses what it can’t change, and leaves the file', async () => {
    const dir = temporaryFolder()
    const text = '[a]\n\tb = one \\\n two\n'
    writeFileSync(join(dir, 'config'), text)
    await expect(editConfig(dir, [{ name: 'a', values: { b: 'three' } }])).rejects.toThrow(
      /b is on several lines/,
    )
    expect(readFileSync(join(dir, 'config'), 'utf8')).toBe(text)
  })
})
