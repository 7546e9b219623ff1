import { execFile } from 'node:child_process'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const run = promisify(execFile)

beforeAll(async () => {
  work = await openWorkspace()
})
afterAll(() => work.close())

interface Case {
  /** The user's `~/.gitconfig`. */
  user?: string
  /** Further files of the user's home. */
  more?: Record<string, string>
  /** `.gitattributes` of the repository. */
  attributes?: string
  /** `.git/info/attributes` of the clone. */
  own?: string
  /** `core.autocrlf` of the clone. */
  local?: string
  /** `a.txt` as it is stored, with LF; the clone has it with CRLF. */
  stored?: string
  /** The end of a line that git writes; default: CRLF. */
  written?: '\n' | '\r\n'
}

const autocrlf = '[core]\n\tautocrlf = true\n'
const cases: [string, Case][] = [
  ['local', { local: 'true' }],
  ['global', { user: autocrlf }],
  ['included', { user: '[include]\n\tpath = own\n', more: { own: autocrlf } }],
  [
    'included-by-place',
    { user: '[includeIf "gitdir:~/clone/"]\n\tpath = ~/own\n', more: { own: autocrlf } },
  ],
  ['input', { local: 'input', written: '\n' }],
  ['attributes', { attributes: '* text=auto eol=crlf\n' }],
  ['own-attributes', { own: '*.txt text eol=crlf\n' }],
]

/** A clone of git's with CRLF in its files, none of whose stat data is remembered. */
async function cloneByGit(
  name: string,
  { user, more, attributes, own, local, stored = 'one\n' }: Case,
) {
  const files = { 'a.txt': stored, 'b.txt': 'b\n' }
  const tracked = attributes === undefined ? files : { ...files, '.gitattributes': attributes }
  await work.github.addRepository(`uDOS/${name}`, { files: tracked })
  const home = work.path('home', name)
  const dir = join(home, 'clone')
  await mkdir(home, { recursive: true })
  for (const [file, text] of Object.entries({ '.gitconfig': user ?? '', ...more })) {
    await writeFile(join(home, file), text)
  }
  const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' }
  const git = async (...args: string[]) => (await run('git', args, { cwd: home, env })).stdout
  await git('clone', '--quiet', `${work.github.gitUrl}/uDOS/${name}.git`, dir)
  if (local !== undefined) await git('-C', dir, 'config', 'core.autocrlf', local)
  if (own !== undefined) await writeFile(join(dir, '.git/info/attributes'), own)
  await writeFile(join(dir, 'a.txt'), stored.replaceAll('\n', '\r\n'))
  await git('-C', dir, 'add', '--renormalize', '.')
  await utimes(join(dir, 'a.txt'), 1, 1)
  const status = () => git('-C', dir, '--no-optional-locks', 'status', '--porcelain')
  const wizard = async (...args: string[]) => {
    const { json } = await work.run([...args, '--json'], { env: { HOME: home } })
    return json
  }
  await work.repos({ tools: [{ repo: name, destination: `home/${name}/clone` }] })
  return { dir, status, wizard }
}

describe('a clone with CRLF that git calls clean', { tags: ['deep'] }, () => {
  it.each(cases)('%s: is clean, and pulled as git pulls it', async (name, one) => {
    const { dir, status, wizard } = await cloneByGit(name, one)
    const { written = '\r\n' } = one
    const file = () => readFile(join(dir, 'a.txt'), 'utf8')
    await work.github.commit(`uDOS/${name}`, { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe('')
    const [shown] = await wizard('REPO', 'STATUS')
    expect(shown).toMatchObject({ state: 'behind', is_dirty: false })
    expect(await file()).toBe('one\r\n')
    const updated = { status: 'updated', warnings: [] }
    expect(await wizard('REPO', 'PULL', dir)).toMatchObject(updated)
    expect(await file()).toBe(`two${written}`)
    await work.github.commit(`uDOS/${name}`, { files: { 'a.txt': 'three\n', 'new.txt': 'new\n' } })
    expect(await wizard('REPO', 'SYNC')).toMatchObject({ repositories: [updated] })
    expect(await file()).toBe(`three${written}`)
    expect(await readFile(join(dir, 'new.txt'), 'utf8')).toBe(`new${written}`)
    expect(await status()).toBe('')
  })

  it('is what a clone of wizard has, too', async () => {
    const { wizard } = await cloneByGit('cloned', { user: autocrlf })
    const to = work.path('home/cloned/second')
    expect(await wizard('REPO', 'CLONE', 'uDOS/cloned', to)).toMatchObject({ warnings: [] })
    expect(await readFile(join(to, 'a.txt'), 'utf8')).toBe('one\r\n')
  })

  it('local work is dirty all the same', async () => {
    const { dir, status, wizard } = await cloneByGit('worked-on', { local: 'true' })
    await writeFile(join(dir, 'a.txt'), 'mine\r\n')
    await work.github.commit('uDOS/worked-on', { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe(' M a.txt\n')
    expect((await wizard('REPO', 'STATUS'))[0]).toMatchObject({ is_dirty: true })
    expect(await wizard('REPO', 'PULL', dir)).toMatchObject({ reason: 'dirty' })
  })

  it.each<[string, Case]>([
    ['-text', { user: autocrlf, attributes: 'a.txt -text\n' }],
    ['binary', { local: 'true', own: '*.txt binary\n' }],
    ['the content', { local: 'true', stored: 'one\n\0' }],
    ['a lone CR', { local: 'input', stored: 'one\rtwo\n' }],
    ['another pattern', { attributes: '*.md text\nsub/** text\n' }],
    ['a later line', { attributes: '* text=auto\n*.txt -text\n' }],
  ])('of what git takes for binary is local work: by %s', async (name, one) => {
    const repo = `binary-${name.replace(/\W+/g, '-')}`
    const { dir, status, wizard } = await cloneByGit(repo, one)
    await run('git', ['-C', dir, 'reset', '--quiet'])
    await work.github.commit(`uDOS/${repo}`, { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe(' M a.txt\n')
    expect((await wizard('REPO', 'STATUS'))[0]).toMatchObject({ is_dirty: true })
    expect(await wizard('REPO', 'PULL', dir)).toMatchObject({ reason: 'dirty' })
  })

  it('without any conversion CRLF is local work, as for git', async () => {
    const { dir, status, wizard } = await cloneByGit('plain', {})
    await run('git', ['-C', dir, 'reset', '--quiet'])
    await work.github.commit('uDOS/plain', { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe(' M a.txt\n')
    expect((await wizard('REPO', 'STATUS'))[0]).toMatchObject({ is_dirty: true })
    expect(await wizard('REPO', 'PULL', dir)).toMatchObject({ reason: 'dirty' })
  })
})
