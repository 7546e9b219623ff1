import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { LocalGitHub } from 'local-github'
import { describe, expect, test } from 'vitest'
import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  PathError,
  WizardError,
} from '../../../src/base/errors.js'
import { BlockedError } from '../../../src/git/errors.js'
import { cloneRepository, removeDeadClones } from '../../../src/git/porcelain/clone/clone.js'
import type { CloneRequest } from '../../../src/git/porcelain/clone/plan.js'
import { fetchRepository } from '../../../src/git/porcelain/fetch/fetch.js'
import { readLocal } from '../../../src/git/repository/open.js'
import type { Liveness } from '../../../src/process/owner-mark.js'
import { inShell } from '../../support/shell.js'
import {
  beforePack,
  client,
  localGitHub,
  servedHistory,
  tokenFor,
  usesOtherEngine,
} from '../support/client.js'
import { runUntilKilled, runWithFailure } from '../support/dying.js'
import { historyStream } from '../support/histories.js'
import { git, networkGit, temporaryFolder } from '../support/real-git.js'
import { configOf, expectSame, expectWhole, headOf } from '../support/whole.js'

interface Setting {
  github: LocalGitHub
  url: string
  bare: string
  folder: string
}

/** A repository with branches, tags of both kinds, and files of every kind. */
async function setting(options: { protocolV2?: boolean } = {}): Promise<Setting> {
  const github = await localGitHub(options)
  const { url, bare } = await servedHistory(github, 'uDOS/typo', { commits: 12, files: 9 })
  const input = historyStream({ branch: 'feature/x', commits: 4, files: 3, seed: 4 })
  git(bare, ['fast-import', '--quiet', '--force'], { input })
  await github.branch('uDOS/typo', 'old', 'main~5')
  await github.tag('uDOS/typo', 'light', { target: 'main~2' })
  await github.tag('uDOS/typo', 'v1.0.0', { target: 'main~3', annotated: true })
  await github.tag('uDOS/typo', 'on-feature', { target: 'feature/x', annotated: true })
  github.requests.length = 0
  return { github, url, bare, folder: temporaryFolder() }
}

describe.each([
  ['version 2', true],
  ['version 0', false],
])('as git clones it, by %s', (_, protocolV2) => {
  test.each<[string, Partial<CloneRequest>, string[]]>([
    ['every branch and tag', { branches: 'all' }, []],
    [
      'every branch, standing on another',
      { branches: 'all', ref: 'feature/x' },
      ['-b', 'feature/x'],
    ],
    ['every branch, standing on a tag', { branches: 'all', ref: 'v1.0.0' }, ['-b', 'v1.0.0']],
    ['one branch with its tags', { branches: 'one' }, ['--single-branch']],
    ['another branch', { branches: 'one', ref: 'old' }, ['--single-branch', '-b', 'old']],
    ['a tag', { branches: 'one', ref: 'v1.0.0' }, ['--single-branch', '-b', 'v1.0.0']],
    ['a light tag', { branches: 'one', ref: 'light' }, ['--single-branch', '-b', 'light']],
    ['one commit deep', { branches: 'one', depth: 1 }, ['--depth', '1']],
    ['four commits deep', { branches: 'one', depth: 4 }, ['--depth', '4']],
    [
      'a tag, two commits deep',
      { branches: 'one', ref: 'v1.0.0', depth: 2 },
      ['--depth', '2', '-b', 'v1.0.0'],
    ],
  ])('%s', { tags: ['deep'] }, async (_, request, args) => {
    const { url, folder } = await setting({ protocolV2 })
    await networkGit(folder, ['clone', '--quiet', ...args, url, 'oracle'])
    const dir = join(folder, 'ours')
    const result = await cloneRepository(client(), { url, dir, branches: 'all', ...request })
    expectSame(join(folder, 'oracle'), dir)
    expect(result.oid).toBe(git(dir, ['rev-parse', 'HEAD']))
    expect(result.branch ?? 'HEAD').toBe(git(dir, ['rev-parse', '--abbrev-ref', 'HEAD']))
    expect(result.bytes).toBeGreaterThan(1000)
    const shallow = (name: string) => join(folder, name, '.git/shallow')
    expect(existsSync(shallow('ours'))).toBe(request.depth !== undefined)
    if (request.depth !== undefined) {
      expect(readFileSync(shallow('ours'))).toEqual(readFileSync(shallow('oracle')))
    }
  })

  test('a commit id', { tags: ['deep'] }, async () => {
    const { url, bare, folder } = await setting({ protocolV2: true })
    const ref = git(bare, ['rev-parse', 'main~4'])
    const dir = join(folder, 'ours')
    const result = await cloneRepository(client(), { url, dir, ref, branches: 'one' })
    expect(result).toMatchObject({ oid: ref, branch: null })
    expect(headOf(dir)).toBe(`${ref}\n`)
    expectWhole(dir)
  })

  test('an empty repository', { tags: ['deep'] }, async () => {
    const github = await localGitHub({ protocolV2 })
    await github.addRepository('uDOS/empty', { empty: true, defaultBranch: 'trunk' })
    const url = `${github.gitUrl}/uDOS/empty.git`
    const folder = temporaryFolder()
    const dir = join(folder, 'ours')
    const result = await cloneRepository(client(), { url, dir, branches: 'all' })
    const branch = protocolV2 ? 'trunk' : 'main'
    expect(result).toEqual({ oid: null, branch, bytes: 0, warnings: [], usesLfs: false })
    expect(headOf(dir)).toBe(`ref: refs/heads/${branch}\n`)
    await networkGit(folder, [
      '-c',
      `init.defaultBranch=${branch}`,
      'clone',
      '--quiet',
      url,
      'oracle',
    ])
    expect(configOf(dir)).toEqual(configOf(join(folder, 'oracle')))
    expect(git(dir, ['status', '--porcelain'])).toBe('')
  })

  test('one whose HEAD is detached', { tags: ['deep'] }, async () => {
    const { url, bare, folder } = await setting({ protocolV2 })
    git(bare, ['update-ref', '--no-deref', 'HEAD', 'old~1'])
    await networkGit(folder, ['clone', '--quiet', url, 'oracle'])
    const dir = join(folder, 'ours')
    const result = await cloneRepository(client(), { url, dir, branches: 'all' })
    expect(result.branch).toBeNull()
    expectSame(join(folder, 'oracle'), dir)
  })
})

describe('what is left behind', () => {
  test('a reflog that tells where it came from', { tags: ['deep'] }, async () => {
    const { url, folder } = await setting()
    const dir = join(folder, 'ours')
    await cloneRepository(client(), { url, dir, branches: 'one' })
    expect(git(dir, ['reflog', '--format=%gs', 'HEAD'])).toBe(`clone: from ${url}`)
    expect(git(dir, ['reflog', '--format=%gs', 'main'])).toBe(`clone: from ${url}`)
  })

  test('a branch whose name needs quotes in the configuration', { tags: ['deep'] }, async () => {
    const { github, url, folder } = await setting()
    const name = `fix#12;"it's"`
    await github.branch('uDOS/typo', name)
    await networkGit(folder, ['clone', '--quiet', '--single-branch', '-b', name, url, 'oracle'])
    const dir = join(folder, 'ours')
    await cloneRepository(client(), { url, dir, branches: 'one', ref: name })
    expectSame(join(folder, 'oracle'), dir)
    expect(git(dir, ['rev-parse', '--abbrev-ref', '@{upstream}'])).toBe(`origin/${name}`)
  })

  test('no token, anywhere', async () => {
    const github = await localGitHub()
    await github.addRepository('uDOS/secret', { private: true })
    const url = `${github.gitUrl}/uDOS/secret.git`
    const folder = temporaryFolder()
    const authorization = tokenFor(github.gitUrl, github.token)
    const dir = join(folder, 'ours')
    await cloneRepository(client({ authorization }), { url, dir, branches: 'all' })
    const encoded = Buffer.from(`x-access-token:${github.token}`).toString('base64')
    for (const secret of [github.token, encoded]) {
      expect(() => inShell(['grep', '-rF', secret, folder])).toThrow(/status|failed/i)
    }
    expectWhole(dir)
  })

  test('a repository that git and wizard both pull into', { tags: ['deep'] }, async () => {
    const { github, url, folder } = await setting()
    const dir = join(folder, 'ours')
    await cloneRepository(client(), { url, dir, branches: 'one' })
    const first = await github.commit('uDOS/typo', { files: { one: '1\n' } })
    await networkGit(dir, ['pull', '--quiet'])
    expect(git(dir, ['rev-parse', 'HEAD'])).toBe(first)
    const second = await github.commit('uDOS/typo', { files: { two: '2\n' } })
    expect(await fetchRepository(client(), { url, dir, ref: 'main' })).toMatchObject({
      oid: second,
    })
    expectWhole(dir)
  })

  test('a renamed repository under the name that was asked for', { tags: ['deep'] }, async () => {
    const { github, url, folder } = await setting()
    github.rename('uDOS/typo', 'uDOS/new')
    const dir = join(folder, 'ours')
    await cloneRepository(client(), { url, dir, branches: 'one' })
    expect(git(dir, ['config', 'remote.origin.url'])).toBe(url)
    const answered = github.requests.map(({ path }) => path)
    expect(answered.at(-1)).toBe('/uDOS/new.git/git-upload-pack')
    expectWhole(dir)
  })

  test('warnings of what wizard does not do', async () => {
    const github = await localGitHub()
    await github.addRepository('uDOS/big', {
      files: { '.gitattributes': '*.bin filter=crypt\n' },
    })
    const dir = join(temporaryFolder(), 'ours')
    const url = `${github.gitUrl}/uDOS/big.git`
    expect(await cloneRepository(client(), { url, dir, branches: 'one' })).toMatchObject({
      warnings: ['filter'],
    })
  })
})

describe('the destination', () => {
  test('may be an empty folder, and below folders that are not there', {
    tags: ['deep'],
  }, async () => {
    const { url, folder } = await setting()
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    await cloneRepository(client(), { url, dir: empty, branches: 'one' })
    expectWhole(empty)
    const deep = join(folder, 'a/b/c')
    await cloneRepository(client(), { url, dir: deep, branches: 'one' })
    expectWhole(deep)
  })

  test.each<[string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, 'mine')],
    [
      'a folder with something in it',
      (path) => {
        mkdirSync(path)
        writeFileSync(join(path, 'mine'), 'mine')
      },
    ],
    [
      'another repository',
      (path) => {
        mkdirSync(path)
        git(path, ['init', '--quiet'])
      },
    ],
    ['a symlink', (path) => symlinkSync('/nowhere', path)],
    [
      'a symlink to an empty folder',
      (path) => {
        mkdirSync(`${path}-target`)
        symlinkSync(`${path}-target`, path)
      },
    ],
  ])('is never %s', async (_, make) => {
    const { github, url, folder } = await setting()
    const dir = join(folder, 'taken')
    make(dir)
    const before = inShell(['ls', '-lAR', folder]).toString()
    await expect(cloneRepository(client(), { url, dir, branches: 'one' })).rejects.toThrow(
      BlockedError,
    )
    expect(inShell(['ls', '-lAR', folder]).toString()).toBe(before)
    expect(github.requests).toEqual([])
  })

  test('is left alone where something came there meanwhile', { tags: ['deep'] }, async () => {
    const { url, folder } = await setting()
    const dir = join(folder, 'ours')
    let told = false
    const onProgress = () => {
      if (!told) writeFileSync(dir, 'mine')
      told = true
    }
    const cloned = cloneRepository(client({ onProgress }), { url, dir, branches: 'one' })
    await expect(cloned).rejects.toThrow(/appeared there in the meantime/)
    expect(readdirSync(folder)).toEqual(['ours'])
    expect(readFileSync(dir, 'utf8')).toBe('mine')
  })
})

describe('what goes wrong leaves nothing', () => {
  const expectNothing = (folder: string) => expect(readdirSync(folder)).toEqual([])

  test.each<[string, Partial<CloneRequest>, typeof WizardError]>([
    ['a branch that is not there', { ref: 'none' }, GitHubNotFoundError],
    ['a commit that is not there', { ref: '1'.repeat(40) }, GitHubNotFoundError],
  ])('%s', { tags: ['deep'] }, async (_, request, kind) => {
    const { url, folder } = await setting()
    const cloned = cloneRepository(client(), {
      url,
      dir: join(folder, 'ours'),
      branches: 'one',
      ...request,
    })
    await expect(cloned).rejects.toThrow(kind)
    expectNothing(folder)
  })

  test('a HEAD that names a branch which is not there', { tags: ['deep'] }, async () => {
    const { url, bare, folder } = await setting()
    git(bare, ['symbolic-ref', 'HEAD', 'refs/heads/none'])
    const cloned = cloneRepository(client(), { url, dir: join(folder, 'ours'), branches: 'all' })
    await expect(cloned).rejects.toThrow(/names refs\/heads\/none, which does not exist/)
    expectNothing(folder)
    await cloneRepository(client(), {
      url,
      dir: join(folder, 'ours'),
      branches: 'all',
      ref: 'main',
    })
    expectWhole(join(folder, 'ours'))
  })

  test('a repository that is not there', async () => {
    const { github, folder } = await setting()
    const url = `${github.gitUrl}/uDOS/none.git`
    const cloned = cloneRepository(client(), { url, dir: join(folder, 'a/ours'), branches: 'one' })
    await expect(cloned).rejects.toThrow(GitHubAuthError)
    expectNothing(folder)
  })

  test.each([
    ['cut', 'cutAfter', GitHubNetworkError],
    ['corrupt', 'corruptAt', GitHubError],
  ] as const)('a pack that is %s at many bytes', { tags: ['deep'] }, async (_, fault, kind) => {
    const { github, url, folder } = await setting()
    const git_ = client()
    for (let at = 0; at < 20_000; at += at < 100 ? 17 : 3499) {
      const failing = github.fail({ origin: 'git', asking: /want /, [fault]: beforePack() + at })
      const cloned = cloneRepository(git_, { url, dir: join(folder, 'ours'), branches: 'one' })
      await expect(cloned).rejects.toThrow(kind)
      expectNothing(folder)
      failing.remove()
    }
    await cloneRepository(git_, { url, dir: join(folder, 'ours'), branches: 'one' })
    expectWhole(join(folder, 'ours'))
  })

  test('a signal, at any step of its progress', { tags: ['deep'] }, async () => {
    const { url, folder } = await setting()
    for (const phase of ['receiving', 'indexing', 'checkout']) {
      const controller = new AbortController()
      const git_ = client({
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.phase === phase) controller.abort(new Error('enough'))
        },
      })
      const cloned = cloneRepository(git_, { url, dir: join(folder, 'ours'), branches: 'one' })
      await expect(cloned).rejects.toThrow('enough')
      expectNothing(folder)
    }
  })

  test('an unsafe tree entry', async () => {
    const github = await localGitHub()
    await github.addRepository('uDOS/evil')
    await github.tree('uDOS/evil', [{ mode: '100644', name: '.git', content: 'evil' }])
    const folder = temporaryFolder()
    const url = `${github.gitUrl}/uDOS/evil.git`
    const cloned = cloneRepository(client(), { url, dir: join(folder, 'ours'), branches: 'one' })
    await expect(cloned).rejects.toThrow(PathError)
    expectNothing(folder)
  })

  test('a disk that is full at any change', { tags: ['deep'] }, async () => {
    const { url, folder } = await setting()
    const run = (dir: string) => cloneRepository(client(), { url, dir, branches: 'one' })
    const first = join(folder, 'first')
    const steps = (await runUntilKilled(Number.POSITIVE_INFINITY, () => run(first))) ?? 0
    let failures = 0
    for (let step = 1; step <= steps; step += 5) {
      const dir = join(folder, `clone-${step}`)
      const error = await runWithFailure(step, () => run(dir))
      if (error === null) expectWhole(dir)
      else {
        expect(error).toBeInstanceOf(WizardError)
        expect(String(error)).toContain('no space is left')
        expect(existsSync(dir)).toBe(false)
        expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
        failures++
      }
    }
    expect(failures).toBeGreaterThan(8)
  })
})

describe('killed', () => {
  const liveness = (alive: boolean): Liveness => ({ mark: 'child', isAlive: async () => alive })

  test('at any change on disk: absent or whole, and the next run removes what is left', {
    tags: ['deep'],
  }, async () => {
    const { url, folder } = await setting()
    const git_ = client({ liveness: liveness(true) })
    let kills = 0
    for (let step = 1; ; step += 4) {
      const dir = join(folder, `clone-${step}`)
      const steps = await runUntilKilled(step, () =>
        cloneRepository(git_, { url, dir, branches: 'one' }),
      )
      const state = await readLocal(dir)
      if (state.kind === 'repository') expect(git(dir, ['status', '--porcelain'])).toBe('')
      else expect(state.kind).toBe('absent')
      await removeDeadClones(folder, liveness(false))
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
      if (steps !== null) break
      kills++
    }
    expect(kills).toBeGreaterThan(8)
  })

  test('what a living process is building stays, and what is not ours too', async () => {
    const folder = temporaryFolder()
    for (const name of ['.wizard-clone-x-1', '.wizard-clone-y-2', '.wizard-clone-z-3', 'mine']) {
      mkdirSync(join(folder, name))
    }
    symlinkSync('wizard:other', join(folder, '.wizard-clone-x-1.owner'))
    writeFileSync(join(folder, '.wizard-clone-y-2.owner'), 'a file of somebody’s')
    const before = readdirSync(folder)
    await removeDeadClones(folder, liveness(true))
    expect(readdirSync(folder)).toEqual(before)
    await removeDeadClones(folder, liveness(false))
    expect(readdirSync(folder)).toEqual(before.filter((name) => !name.includes('-x-')))
    await removeDeadClones(join(folder, 'none'), liveness(false))
  })
})

test('modes and links are as they are in the tree', async () => {
  const { url, folder } = await setting()
  const dir = join(folder, 'ours')
  await cloneRepository(client(), { url, dir, branches: 'one' })
  expect(statSync(join(dir, 'run.sh')).mode & 0o111).toBe(0o111)
  expect(readlinkSync(join(dir, 'link'))).toBe('folder-0/deep-0/file-0.txt')
})

test.each(['all', 'one'] as const)(
  'a HEAD on a branch that the server hides is detached, as in git: %s',
  { tags: ['deep'] },
  async (branches) => {
    const github = await localGitHub()
    const { url, bare } = await servedHistory(github, 'uDOS/hidden')
    const [branch = ''] = git(bare, ['for-each-ref', '--format=%(refname)', 'refs/heads/']).split(
      '\n',
    )
    git(bare, ['update-ref', 'refs/heads/seen', branch])
    git(bare, ['update-ref', 'refs/heads/gone', branch])
    git(bare, ['symbolic-ref', 'HEAD', 'refs/heads/gone'])
    git(bare, ['config', 'transfer.hideRefs', 'refs/heads/gone'])
    const [ours, theirs] = [join(temporaryFolder(), 'ours'), join(temporaryFolder(), 'theirs')]
    const single = branches === 'one' ? ['--single-branch'] : []
    await networkGit(temporaryFolder(), ['clone', '--quiet', ...single, url, theirs])
    await cloneRepository(client(), { url, dir: ours, branches })
    const facts = (dir: string) => [
      git(dir, ['rev-parse', '--symbolic-full-name', 'HEAD']),
      git(dir, ['for-each-ref', '--format=%(refname) %(objectname)']),
    ]
    expect(facts(ours)).toEqual(facts(theirs))
    expect(facts(ours)[0]).toBe('HEAD')
  },
)

test.each([
  ['main', 1],
  ['trunk', 2],
])(
  'a clone of one branch asks for HEAD, %s, and lists no other',
  { tags: ['deep'] },
  async (branch, listings) => {
    const github = await localGitHub()
    const { url, bare } = await servedHistory(github, 'uDOS/one')
    const tip = git(bare, ['rev-parse', 'HEAD'])
    for (const name of [branch, `${branch}-2`, 'other'])
      git(bare, ['update-ref', `refs/heads/${name}`, tip])
    git(bare, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
    const dir = join(temporaryFolder(), 'clone')
    github.requests.length = 0
    const cloned = await cloneRepository(client(), { url, dir, branches: 'one' })
    expect(cloned.branch).toBe(branch)
    expect(git(dir, ['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes'])).toBe(
      `refs/heads/${branch}\nrefs/remotes/origin/HEAD\nrefs/remotes/origin/${branch}`,
    )
    // isomorphic-git asks for the refs itself.
    const more = usesOtherEngine() ? 1 : 0
    expect(github.requests).toHaveLength(listings + 1 + more)
  },
)
