import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  askGit,
  inspectFolder,
  inspectRepositories,
  type LookOptions,
  type RemoteHead,
} from '../../src/repos/inspect.js'
import { gitOf, openState } from '../../src/repos/session.js'
import type { SyncTarget } from '../../src/repos/targets/sync-target.js'
import { git, networkGit, temporaryFolder } from '../git/support/real-git.js'
import { sessionWith, wantedOf } from './support.js'

let github: LocalGitHub
let first: string
let tip: string
let topic: string
const unknown = 'f'.repeat(40)

beforeAll(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo')
  await github.addRepository('uDOS/empty', { empty: true })
  await github.addRepository('uDOS/old', { archived: true })
  first = await github.oid('uDOS/typo')
  tip = await github.commit('uDOS/typo')
  topic = await github.commit('uDOS/typo', { branch: 'topic', parent: first })
  await github.tag('uDOS/typo', 'v1', { target: first })
  await github.tag('uDOS/typo', 'v2', { target: tip, annotated: true })
  await github.tag('uDOS/typo', 'topic', { target: first })
})
afterAll(() => github.close())

const urlOf = ({ owner, repo }: SyncTarget) => `${github.gitUrl}/${owner}/${repo}.git`

describe('inspectFolder', () => {
  const folder = (name: string, ...inside: string[]) => {
    const path = join(temporaryFolder(), name)
    mkdirSync(join(path, ...inside), { recursive: true })
    return path
  }
  it.each<[string, () => string, object]>([
    ['nothing', () => join(temporaryFolder(), 'none'), { kind: 'absent' }],
    ['an empty folder', temporaryFolder, { kind: 'empty' }],
    [
      'a folder of something',
      () => folder('files', 'src'),
      { kind: 'occupied', what: 'a folder that is not a git repository' },
    ],
    [
      'a .git without a HEAD',
      () => folder('half', '.git', 'objects'),
      { kind: 'occupied', what: 'a folder whose .git is not a repository' },
    ],
    [
      'a symbolic link, wherever it leads',
      () => {
        const link = join(temporaryFolder(), 'link')
        symlinkSync(temporaryFolder(), link)
        return link
      },
      { kind: 'occupied', what: 'a symbolic link' },
    ],
    [
      'a damaged HEAD',
      () => {
        const path = folder('damaged', '.git')
        writeFileSync(join(path, '.git', 'HEAD'), 'no ref')
        return path
      },
      { kind: 'unreadable', error: { hint: expect.stringContaining('git status') } },
    ],
  ])('finds %s', async (_what, make, expected) => {
    expect(await inspectFolder(make())).toMatchObject(expected)
  })
})

describe('inspectRepositories', () => {
  async function inspect(targets: Partial<SyncTarget>[], options?: LookOptions) {
    const { session, root } = await sessionWith(github)
    const wanted = targets.map((one, index) =>
      wantedOf('uDOS/typo', { path: join(root, String(index)), ...one }),
    )
    return inspectRepositories(session, await openState(session), wanted, options)
  }
  const typo = { fullName: 'uDOS/typo', archived: false, pinned: false }

  it.each<[string, Partial<SyncTarget>, () => Partial<RemoteHead> | null]>([
    ['the default branch', {}, () => ({ ...typo, ref: 'main', oid: tip })],
    ['a branch', { branch: 'topic' }, () => ({ ...typo, ref: 'topic', oid: topic })],
    [
      'a commit id, which needs no branch',
      { branch: unknown },
      () => ({ ...typo, ref: unknown, pinned: true, oid: unknown }),
    ],
    ['a tag, which only git knows', { branch: 'v1' }, () => null],
    ['an empty repository', { repo: 'empty' }, () => ({ ref: null, oid: null, pinned: false })],
    ['a branch of an empty repository', { repo: 'empty', branch: 'main' }, () => null],
    ['an archived one', { repo: 'old' }, () => ({ archived: true, ref: 'main' })],
    ['one that is not there', { repo: 'none' }, () => null],
  ])('asks GraphQL for %s', async (_what, wanted, expected) => {
    const [one] = await inspect([wanted])
    const head = expected()
    expect(one?.refused).toBeNull()
    if (head === null) expect(one?.head).toBeNull()
    else expect(one?.head).toMatchObject(head)
  })

  it('gives each repository its own answer, in one request', async () => {
    const sent = github.requests.length
    const found = await inspect([{ repo: 'none' }, { branch: 'topic' }, { repo: 'old' }])
    expect(found.map(({ head }) => head?.fullName)).toEqual([undefined, 'uDOS/typo', 'uDOS/old'])
    expect(github.requests).toHaveLength(sent + 1)
  })

  it('sends no request offline, and none for clones that may rest', async () => {
    const sent = github.requests.length
    const resting = temporaryFolder()
    // This HEAD could not be read.
    mkdirSync(join(resting, '.git', 'HEAD'), { recursive: true })
    expect(await inspect([{}], { offline: true })).toMatchObject([{ head: null, refused: null }])
    const [one] = await inspect([{ path: resting }], { leaveAlone: () => true })
    expect(one).toMatchObject({ local: { kind: 'unread' }, head: null, refused: null })
    expect(github.requests).toHaveLength(sent)
  })

  it('asks for a repository that may rest, but has no clone yet', async () => {
    expect(await inspect([{}], { leaveAlone: () => true })).toMatchObject([
      { local: { kind: 'absent' }, head: { oid: tip } },
    ])
  })

  it('reports a rejected token for each repository that is asked for', async () => {
    const fault = github.fail({ path: /graphql/, status: 401 })
    try {
      const resting = temporaryFolder()
      mkdirSync(join(resting, '.git'))
      const found = await inspect([{}, { repo: 'old' }, { path: resting }], {
        leaveAlone: ({ wanted }) => wanted.path === resting,
      })
      expect(found.map(({ refused }) => refused?.code)).toEqual([
        'GITHUB_AUTH',
        'GITHUB_AUTH',
        undefined,
      ])
    } finally {
      fault.remove()
    }
  })

  it('finds where a clone is detached, whether a pull was cut, and one that is damaged', {
    tags: ['deep'],
  }, async () => {
    const parent = temporaryFolder()
    const at = (name: string) => join(parent, name)
    await networkGit(parent, ['clone', '--quiet', urlOf(wantedOf('uDOS/typo')), 'onBranch'])
    for (const name of ['pinned', 'cut', 'damaged']) {
      cpSync(at('onBranch'), at(name), { recursive: true })
    }
    git(at('pinned'), ['checkout', '--quiet', '--detach', 'v2'])
    mkdirSync(at('cut/.git/wizard-move'))
    writeFileSync(at('damaged/.git/HEAD'), '')
    const [pinned, onBranch, cut, damaged] = await inspect([
      { path: at('pinned'), branch: 'v2' },
      { path: at('onBranch'), branch: 'v2' },
      { path: at('cut'), branch: first },
      { path: at('damaged') },
    ])
    expect(pinned).toMatchObject({ pin: tip, local: { branch: null, head: tip } })
    expect(onBranch).toMatchObject({ pin: null, interrupted: false, local: { branch: 'main' } })
    expect(cut).toMatchObject({ pin: first, interrupted: true })
    expect(damaged).toMatchObject({ local: { kind: 'unreadable' }, head: { oid: tip } })
  })
})

describe('askGit', () => {
  const ask = async (wanted: SyncTarget) => {
    const { session } = await sessionWith(github)
    return askGit(await gitOf(session), urlOf(wanted), wanted)
  }
  const typo = (branch?: string) => wantedOf('uDOS/typo', { branch })
  const unnamed = { id: null, fullName: null, archived: false }

  it.each<[string, SyncTarget, () => Partial<RemoteHead>]>([
    ['the default branch', typo(), () => ({ ref: 'main', pinned: false, oid: tip })],
    ['a branch, though a tag has its name', typo('topic'), () => ({ pinned: false, oid: topic })],
    ['a tag', typo('v1'), () => ({ ref: 'v1', pinned: true, oid: first })],
    ['an annotated tag: its commit', typo('v2'), () => ({ ref: 'v2', pinned: true, oid: tip })],
    ['a commit id', typo(unknown), () => ({ ref: unknown, pinned: true, oid: unknown })],
    ['an empty repository', wantedOf('uDOS/empty'), () => ({ ref: null, oid: null })],
  ])('finds %s', async (_what, wanted, expected) => {
    expect(await ask(wanted)).toMatchObject({ ...unnamed, ...expected() })
  })

  it('says which branch or tag is missing', async () => {
    await expect(ask(typo('none'))).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      message: 'uDOS/typo has no branch or tag none',
      hint: expect.stringContaining('correct branch: in repos.yaml'),
    })
    await expect(ask(wantedOf('uDOS/none'))).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
  })
})
