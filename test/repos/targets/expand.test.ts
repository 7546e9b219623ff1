import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GitHubNotFoundError } from '../../../src/base/errors.js'
import { fullNameOf } from '../../../src/base/names/repository.js'
import type { Component } from '../../../src/config/files/components.js'
import type { RepoEntry } from '../../../src/config/files/repos.js'
import { SyncState } from '../../../src/repos/state.js'
import {
  expandEntries,
  fromMemory,
  type Lister,
  placesOf,
} from '../../../src/repos/targets/expand.js'
import { entriesFor, readSelection } from '../../../src/repos/targets/select.js'
import type { Listed } from '../../../src/repos/targets/source.js'
import { entryOf, root, sourceOf } from '../support.js'

const listed = (owner: string, ...names: string[]): Listed[] =>
  names.map((repo, index) => ({ id: index + 1, owner, repo }))

/** Each account with its repositories; no other account exists. */
const listing =
  (accounts: Record<string, Listed[]>): Lister =>
  async ({ from }) => {
    const found = accounts[from]
    if (found === undefined) throw new GitHubNotFoundError(`there is no ${from}`)
    return found
  }

const accounts = {
  uDOS: listed('uDOS', 'typo', 'micro', 'kernel'),
  ollama: listed('ollama', 'ollama', 'typo'),
}
const expand = (...entries: RepoEntry[]) => expandEntries(listing(accounts), root, entries)
const namesOf = async (...entries: RepoEntry[]) => (await expand(...entries)).wanted.map(fullNameOf)

describe('expandEntries', () => {
  it('takes entries of their own as they are, first, and then what is listed', async () => {
    const { wanted, failures } = await expand(
      sourceOf('ollama', { branch: 'v1', depth: 1, pullSchedule: '0 0 * * *', autoPull: false }),
      entryOf('else/own', { branch: 'main', onDiverged: 'backup' }),
    )
    expect(failures).toEqual([])
    expect(wanted[0]).toMatchObject({
      repo: 'own',
      path: '/srv/library/tools/own',
      source: null,
      branch: 'main',
      onDiverged: 'backup',
    })
    expect(wanted[1]).toMatchObject({
      ...{ owner: 'ollama', repo: 'ollama', group: 'all', path: '/srv/library/all/ollama' },
      ...{ source: 'ollama', branch: 'v1', depth: 1, pullSchedule: '0 0 * * *', autoPull: false },
    })
    expect(wanted).toHaveLength(3)
  })

  it('lets an entry of its own win over a listing, and the first listing over the second', async () => {
    const again = sourceOf('UDOS', { group: 'again' })
    const both = { ...accounts, UDOS: listed('UDOS', 'TYPO', 'new') }
    const { wanted } = await expandEntries(listing(both), root, [
      sourceOf('uDOS'),
      again,
      entryOf('udos/Typo'),
    ])
    expect(wanted.map((one) => `${fullNameOf(one)} ${one.group}`)).toEqual([
      'udos/Typo tools',
      'uDOS/micro all',
      'uDOS/kernel all',
      'UDOS/new again',
    ])
  })

  it('tells a listing that fails as a failure of its own, and goes on', async () => {
    const { wanted, failures } = await expand(sourceOf('none', { branch: 'x' }), sourceOf('ollama'))
    expect(wanted).toHaveLength(2)
    expect(failures).toMatchObject([
      {
        source: 'none',
        entry: {
          ...{ repo: 'none/*', group: 'all', path: root, branch: 'x', status: 'failed' },
          error: { code: 'GITHUB_NOT_FOUND', message: 'there is no none' },
        },
      },
    ])
  })

  it('keeps why a listing leaves one alone', async () => {
    const old: Listed = { id: 1, owner: 'x', repo: 'old', skip: 'archived' }
    const { wanted } = await expandEntries(listing({ x: [old] }), root, [sourceOf('x')])
    expect(wanted).toMatchObject([{ repo: 'old', skip: 'archived' }])
  })

  it('puts no two in one place, and none into another', async () => {
    const flat = { destination: '/library/{repo}' }
    const { wanted, failures } = await expand(sourceOf('uDOS', flat), sourceOf('ollama', flat))
    expect(wanted.map(fullNameOf)).not.toContain('ollama/typo')
    expect(failures.map(({ source, entry }) => [source, entry.repo, entry.error?.message])).toEqual(
      [['ollama', 'ollama/typo', '/srv/library/typo is also the destination of uDOS/typo']],
    )
  })

  it.each(['..', 'a/b', '.git'])('takes no folder %s from a listing', async (name) => {
    const { wanted, failures } = await expandEntries(listing({ x: listed('x', name) }), root, [
      sourceOf('x'),
    ])
    expect([wanted, failures[0]?.entry.error?.code]).toEqual([[], 'PATH'])
  })
})

describe('entriesFor', () => {
  const entries = [
    entryOf('uDOS/typo'),
    sourceOf('uDOS', { group: 'own' }),
    sourceOf('ollama', { group: 'models' }),
  ]
  const components = { core: { name: 'core', owner: 'uDOS', repo: 'kernel' } as Component }
  const needed = async (...targets: string[]) =>
    entriesFor(entries, await readSelection(targets, components))
  const asked = async (...targets: string[]) =>
    (await needed(...targets)).flatMap((one) => (one.kind === 'source' ? one.from : []))

  it.each<[string, string[], string[]]>([
    ['all, where nothing is named', [], ['uDOS', 'ollama']],
    ['all', ['ALL'], ['uDOS', 'ollama']],
    ['a group', ['Models'], ['ollama']],
    ['a group of entries of their own', ['tools'], []],
    ['an entry of its own', ['typo'], []],
    ['its full name', ['udos/TYPO'], []],
    ['its place', ['/srv/library/tools/typo'], []],
    ['a full name of an account', ['ollama/llama'], ['ollama']],
    ['an address', ['https://github.com/Ollama/llama.git'], ['ollama']],
    ['an account that nothing lists', ['else/x'], []],
    // Any of them may contain it.
    ['a bare name', ['llama'], ['uDOS', 'ollama']],
    ['a component, whose repository a listing may hold', ['core'], ['uDOS', 'ollama']],
    ['several', ['typo', 'models'], ['ollama']],
    ['a glob', ['svc-*'], ['uDOS', 'ollama']],
    ['all but one', ['!typo'], ['uDOS', 'ollama']],
    ['a group but one of it', ['models', '!llama'], ['ollama']],
  ])('lists for %s', async (_name, targets, accounts) => {
    expect(await asked(...targets)).toEqual(accounts)
  })

  it('keeps every entry of its own', async () => {
    expect(await needed('models')).toContain(entries[0])
  })
})

describe('placesOf', () => {
  const entries = [
    sourceOf('uDOS', { match: ['*o'], destination: '/mirror/{owner}/{repo}' }),
    entryOf('uDOS/Typo', { destination: '/srv/mine' }),
    sourceOf('UDOS', { exclude: ['typo'] }),
  ]
  it.each([
    ['udos/typo', ['/srv/mine', '/srv/mirror/udos/typo']],
    ['uDOS/micro', ['/srv/mirror/uDOS/micro', '/srv/library/all/micro']],
    ['uDOS/kernel', ['/srv/library/all/kernel']],
    ['else/typo', []],
  ])('of %s', async (fullName, places) => {
    const [owner = '', repo = ''] = fullName.split('/')
    expect(await placesOf(entries, root, { owner, repo })).toEqual(places)
  })
})

describe('fromMemory', () => {
  it('lists what earlier runs knew of an account, by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wizard-memory-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const state = await SyncState.open(folder, () => {})
    const remember = (repo: string, source: string | null, id: number | null = null) =>
      state.update(join(folder, repo), { repo, source, id })
    remember('uDOS/typo', 'uDOS', 7)
    remember('uDOS/micro', 'UDOS')
    remember('uDOS/own', null)
    remember('ollama/x', 'ollama')
    const list = fromMemory(state)
    expect(await list(sourceOf('udos'))).toEqual([
      { id: null, owner: 'uDOS', repo: 'micro' },
      { id: 7, owner: 'uDOS', repo: 'typo' },
    ])
    expect(await list(sourceOf('uDOS', { exclude: ['m*'] }))).toHaveLength(1)
    expect(await list(sourceOf('none'))).toEqual([])
  })
})

it('needs no listing where there is no from: entry', async () => {
  const never: Lister = () => Promise.reject(new Error('nobody asked'))
  const { wanted } = await expandEntries(never, root, [entryOf('uDOS/a'), entryOf('uDOS/b')])
  expect(wanted.map(fullNameOf)).toEqual(['uDOS/a', 'uDOS/b'])
  expect(await namesOf()).toEqual([])
})
