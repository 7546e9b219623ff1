import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { assertSameHead, readSource } from '../../../src/releases/pipeline/source.js'
import { git, temporaryFolder } from '../../git/support/real-git.js'
import { type ComponentChange, subjectOf } from '../support.js'

let dir: string
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}
const commit = () => {
  git(dir, ['add', '.'])
  git(dir, ['commit', '--quiet', '--allow-empty', '-m', 'change'])
}
const read = (component?: ComponentChange) =>
  readSource({ subject: subjectOf(component), source: dir, env: {} })

beforeEach(() => {
  dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  write('core/version.json', '{"version":"1.2.0"}')
  write('a.txt', 'a')
  commit()
})

describe('readSource', () => {
  it('reads the commit, the branch and the version', async () => {
    const head = git(dir, ['rev-parse', 'HEAD'])
    const clean = { dir, head, branch: 'main', version: '1.2.0', changed: [], untracked: [] }
    expect(await read()).toEqual(clean)
    git(dir, ['switch', '--quiet', '--detach'])
    expect(await read()).toEqual({ ...clean, branch: null })
  })

  it('names each changed path once, and what git does not track', async () => {
    write('a.txt', 'staged')
    git(dir, ['add', '.'])
    write('a.txt', 'and changed again')
    write('core/version.json', '{"version":"1.3.0"}')
    write('new.txt', '')
    expect(await read()).toMatchObject({
      ...{ version: '1.3.0', changed: ['a.txt', 'core/version.json'], untracked: ['new.txt'] },
    })
  })

  it.each<[string, ComponentChange, string]>([
    ['no version_file', { versionFile: null }, 'core has no version_file'],
    ['one that is not there', { versionFile: 'none.json' }, "none.json can't be read"],
    ['a folder', { versionFile: 'core' }, "core can't be read"],
    ['one below a file', { versionFile: 'a.txt/version' }, "can't be read"],
    ['no JSON', { versionFile: 'a.txt' }, 'a.txt is not valid JSON'],
  ])('refuses a component with %s', async (_what, component, why) => {
    await expect(read(component)).rejects.toThrow(why)
    await expect(read(component)).rejects.toMatchObject({ code: 'CONFIG' })
  })

  it('refuses a folder without a commit, and one that is no work tree', async () => {
    dir = temporaryFolder()
    await expect(read()).rejects.toThrow(`${dir} is not a work tree of a clone`)
    git(dir, ['init', '--quiet'])
    await expect(read()).rejects.toThrow(`${dir} has no commit yet`)
  })
})

it('assertSameHead sees a commit that came meanwhile', async () => {
  const source = await read()
  await assertSameHead(source)
  commit()
  const now = git(dir, ['rev-parse', '--short=7', 'HEAD'])
  await expect(assertSameHead(source)).rejects.toThrow(
    `HEAD of ${dir} moved to ${now} in the meantime`,
  )
})
