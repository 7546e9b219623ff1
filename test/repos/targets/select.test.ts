import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GitHubNotFoundError, NotFoundError } from '../../../src/base/errors.js'
import { fullNameOf } from '../../../src/base/names/repository.js'
import type { Component } from '../../../src/config/files/components.js'
import type { Lister } from '../../../src/repos/targets/expand.js'
import { isInShard, resolveTargets } from '../../../src/repos/targets/resolve.js'
import { readSelection, selectWanted } from '../../../src/repos/targets/select.js'
import type { SyncTarget } from '../../../src/repos/targets/sync-target.js'
import { nowhere } from '../../support/session.js'
import { sessionWith } from '../support.js'

const one = (fullName: string, group: string): SyncTarget => {
  const [owner = '', repo = ''] = fullName.split('/')
  return {
    owner,
    repo,
    group,
    path: `/srv/${fullName}`,
    autoPull: true,
    onDiverged: 'block',
    source: null,
  }
}
const all = [
  one('uDOS/typo', 'tools'),
  one('uDOS/micro', 'tools'),
  one('ollama/ollama', 'models'),
  one('else/typo', 'models'),
]
const components = { core: { name: 'core', owner: 'uDOS', repo: 'micro' } as Component }

const select = async (...targets: string[]) =>
  selectWanted(all, await readSelection(targets, components), { strict: true }).map(fullNameOf)

const everything = ['uDOS/typo', 'uDOS/micro', 'ollama/ollama', 'else/typo']

describe('selectWanted', () => {
  it.each([
    [[], everything],
    [['ALL'], everything],
    [['udos/TYPO'], ['uDOS/typo']],
    [['typo'], ['uDOS/typo', 'else/typo']],
    [['Tools'], ['uDOS/typo', 'uDOS/micro']],
    [['CORE'], ['uDOS/micro']],
    [
      ['ollama', 'core'],
      ['uDOS/micro', 'ollama/ollama'],
    ],
    [['https://github.com/uDOS/typo.git'], ['uDOS/typo']],
    [['git@github.com:uDOS/typo'], ['uDOS/typo']],
    [['T*'], ['uDOS/typo', 'uDOS/micro', 'else/typo']],
    [['*/typo'], ['uDOS/typo', 'else/typo']],
    [['udos/*'], ['uDOS/typo', 'uDOS/micro']],
    [['{mic,oll}*'], ['uDOS/micro', 'ollama/ollama']],
    [['[mt]*o'], ['uDOS/typo', 'uDOS/micro', 'else/typo']],
    [['c?re'], ['uDOS/micro']],
    [['!typo'], ['uDOS/micro', 'ollama/ollama']],
    [
      ['ALL', '!tools'],
      ['ollama/ollama', 'else/typo'],
    ],
    [['tools', '!CORE'], ['uDOS/typo']],
    [['!else/*', 'ty*', '!Micro'], ['uDOS/typo']],
    [['*', '!*'], []],
  ])('%j', async (targets, expected) => {
    expect(await select(...targets)).toEqual(expected)
  })

  it.each([
    [['frob'], 'repos.yaml has no repository or group frob'],
    [['!'], 'repos.yaml has no repository or group !'],
    [['!frob'], 'repos.yaml has no repository or group frob'],
    [['svc-*'], 'no repository or group matches svc-*'],
    [['tools', '!svc-*'], 'no repository or group matches svc-*'],
  ])('refuses %j, which matches nothing', async (targets, message) => {
    await expect(select(...targets)).rejects.toThrow(NotFoundError)
    await expect(select(...targets)).rejects.toThrow(message)
  })

  it.each<[string, string[], string, RegExp]>([
    ['nothing', [], 'tpyo', /lists no repositories.*REPO ADD/],
    ['a few', ['uDOS/typo'], 'frob', /^known: tools, uDOS\/typo$/],
    ['many', Array.from({ length: 20 }, (_, index) => `uDOS/r${index}`), 'frob', /uDOS\/r10 …$/],
    ['one like it', ['uDOS/typo', 'uDOS/micro'], 'tpyo', /^did you mean typo\?$/],
    ['one like it, with its owner', ['uDOS/typo'], 'uDOS/tipo', /^did you mean uDOS\/typo\?$/],
  ])('hints at what there is: %s', async (_name, names, target, hint) => {
    const targets = names.map((name) => one(name, 'tools'))
    const selection = await readSelection([target], components)
    const failure = (): unknown => {
      try {
        return selectWanted(targets, selection, { strict: true })
      } catch (error) {
        return error
      }
    }
    expect(failure()).toMatchObject({ code: 'GITHUB_NOT_FOUND' })
    expect((failure() as NotFoundError).hint).toMatch(hint)
  })

  it('selects by the place, and each repository once however often it is meant', async () => {
    expect(await select('/srv/uDOS/typo')).toEqual(['uDOS/typo'])
    expect(await select('models', 'typo', 'else/typo')).toEqual([
      'uDOS/typo',
      'ollama/ollama',
      'else/typo',
    ])
  })

  it('does not say so when a listing failed that may have named it', async () => {
    const selection = await readSelection(['tpyo'], components)
    expect(selectWanted(all, selection, { strict: false })).toEqual([])
  })
})

describe('shards', () => {
  it('puts each name into exactly one of them, whatever its case', () => {
    const names = Array.from({ length: 300 }, (_, index) => `uDOS/repo-${index}`)
    const sizes = [1, 2, 3, 4].map(
      (index) => names.filter((name) => isInShard({ index, count: 4 }, name)).length,
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBe(300)
    expect(Math.min(...sizes)).toBeGreaterThan(40)
    expect(isInShard({ index: 1, count: 4 }, 'uDOS/repo-1')).toBe(
      isInShard({ index: 1, count: 4 }, 'UDOS/REPO-1'),
    )
  })
})

describe('resolveTargets', () => {
  const list: Lister = async ({ from }) => {
    if (from === 'nobody') throw new GitHubNotFoundError('there is no nobody')
    return ['a', 'b', 'c', 'd', 'e', 'f'].map((repo, id) => ({ id, owner: from, repo }))
  }

  it('says what writes a repos.yaml where there is none', async () => {
    const { session, root } = await sessionWith(nowhere)
    await expect(resolveTargets(session, {})).rejects.toMatchObject({
      code: 'CONFIG',
      message: `${join(root, 'config/repos.yaml')} does not exist, so there are no repositories to keep in step`,
      hint: expect.stringContaining('REPO ADD owner/repo'),
    })
  })

  it('counts what is in other shards, and every repository is in one', async () => {
    const { session } = await sessionWith(nowhere, { all: [{ from: 'uDOS' }] })
    const shards = await Promise.all(
      [1, 2, 3].map((index) => resolveTargets(session, { list, shard: { index, count: 3 } })),
    )
    expect(shards.flatMap(({ chosen }) => chosen.map(({ repo }) => repo)).sort()).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
    ])
    expect(shards.map(({ chosen, elsewhere }) => chosen.length + elsewhere)).toEqual([6, 6, 6])
  })

  it('reports a failed listing, and a target that it may hold is no mistake then', async () => {
    const { session } = await sessionWith(nowhere, { all: [{ from: 'uDOS' }, { from: 'nobody' }] })
    const { chosen, failures } = await resolveTargets(session, { list, targets: ['z', 'a'] })
    expect(chosen.map(fullNameOf)).toEqual(['uDOS/a'])
    expect(failures.map(({ repo }) => repo)).toEqual(['nobody/*'])
    await expect(resolveTargets(session, { list, targets: ['uDOS/z'] })).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
    })
  })
})
