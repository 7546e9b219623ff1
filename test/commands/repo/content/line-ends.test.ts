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
  /** How the message names the reason. */
  named: RegExp
}

const autocrlf = '[core]\n\tautocrlf = true\n'
const cases: [string, Case][] = [
  ['local', { local: 'true', named: /core\.autocrlf=true/ }],
  ['global', { user: autocrlf, named: /core\.autocrlf=true/ }],
  [
    'included',
    { user: '[include]\n\tpath = own\n', more: { own: autocrlf }, named: /core\.autocrlf=true/ },
  ],
  [
    'included-by-place',
    {
      user: '[includeIf "gitdir:~/clone/"]\n\tpath = ~/own\n',
      more: { own: autocrlf },
      named: /core\.autocrlf=true/,
    },
  ],
  ['input', { local: 'input', named: /core\.autocrlf=input/ }],
  ['attributes', { attributes: '* text=auto eol=crlf\n', named: /gitattributes/ }],
  ['own-attributes', { own: '*.txt text eol=crlf\n', named: /gitattributes/ }],
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
  it.each(cases)('%s: is unsupported by name, never dirty', async (name, one) => {
    const { dir, status, wizard } = await cloneByGit(name, one)
    await work.github.commit(`uDOS/${name}`, { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe('')
    const [shown] = await wizard('REPO', 'STATUS')
    expect(shown).toMatchObject({ state: 'blocked', is_dirty: null })
    const pulled = await wizard('REPO', 'PULL', dir)
    const { repositories } = await wizard('REPO', 'SYNC')
    const reset = await wizard('REPO', 'RESET', name, '--yes')
    for (const entry of [pulled, repositories[0], reset.repositories[0]]) {
      expect(entry).toMatchObject({ status: 'blocked', reason: 'unsupported' })
    }
    for (const { error } of [shown, pulled, repositories[0]]) {
      expect(error.message).toMatch(one.named)
      expect(error.hint).toMatch(/git itself/)
    }
    expect(await readFile(join(dir, 'a.txt'), 'utf8')).toBe('one\r\n')
  })

  it('local work is dirty all the same', async () => {
    const { dir, status, wizard } = await cloneByGit('worked-on', { local: 'true', named: /x/ })
    await writeFile(join(dir, 'a.txt'), 'mine\r\n')
    await work.github.commit('uDOS/worked-on', { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe(' M a.txt\n')
    expect((await wizard('REPO', 'STATUS'))[0]).toMatchObject({ is_dirty: true })
    expect(await wizard('REPO', 'PULL', dir)).toMatchObject({ reason: 'dirty' })
  })

  it.each<[string, Case]>([
    ['-text', { user: autocrlf, attributes: 'a.txt -text\n', named: /x/ }],
    ['binary', { local: 'true', own: '*.txt binary\n', named: /x/ }],
    ['the content', { local: 'true', stored: 'one\n\0', named: /x/ }],
    ['a lone CR', { local: 'input', stored: 'one\rtwo\n', named: /x/ }],
    ['another pattern', { attributes: '*.md text\nsub/** text\n', named: /x/ }],
    ['a later line', { attributes: '* text=auto\n*.txt -text\n', named: /x/ }],
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
    const { dir, status, wizard } = await cloneByGit('plain', { named: /x/ })
    await run('git', ['-C', dir, 'reset', '--quiet'])
    await work.github.commit('uDOS/plain', { files: { 'a.txt': 'two\n' } })
    expect(await status()).toBe(' M a.txt\n')
    expect((await wizard('REPO', 'STATUS'))[0]).toMatchObject({ is_dirty: true })
    expect(await wizard('REPO', 'PULL', dir)).toMatchObject({ reason: 'dirty' })
  })
})

describe('LF where git writes CRLF is the warning eol', () => {
  it.each(cases.filter(([name]) => name !== 'input'))(
    '%s',
    { tags: ['deep'] },
    async (name, one) => {
      const { dir, status, wizard } = await cloneByGit(`warned-${name}`, one)
      await run('git', ['-C', dir, 'checkout', '--quiet', '.'])
      await work.github.commit(`uDOS/warned-${name}`, { files: { 'new.txt': 'two\n' } })
      expect(await wizard('REPO', 'PULL', dir)).toMatchObject({
        status: 'updated',
        warnings: ['eol'],
      })
      expect(await status()).toBe('')
    },
  )

  it('in a clone of a user with autocrlf, too', { tags: ['deep'] }, async () => {
    const { wizard } = await cloneByGit('cloned', { user: autocrlf, named: /x/ })
    const to = work.path('home/cloned/second')
    expect(await wizard('REPO', 'CLONE', 'uDOS/cloned', to)).toMatchObject({ warnings: ['eol'] })
  })
})
