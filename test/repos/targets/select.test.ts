import { describe, expect, it } from 'vitest'
import { NotFoundError } from '../../../src/base/errors.js'
import { fullNameOf } from '../../../src/base/names/repository.js'
import type { Component } from '../../../src/config/files/components.js'
import { isInShard, selectWanted } from '../../../src/repos/targets/resolve.js'
import type { SyncTarget } from '../../../src/repos/targets/sync-target.js'

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

const select = (...targets: string[]) =>
  selectWanted(all, targets, { components, strict: true }).map(fullNameOf)

describe('selectWanted', () => {
  it.each([
    [[], ['uDOS/typo', 'uDOS/micro', 'ollama/ollama', 'else/typo']],
    [['ALL'], ['uDOS/typo', 'uDOS/micro', 'ollama/ollama', 'else/typo']],
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
  ])('%j', (targets, expected) => {
    expect(select(...targets)).toEqual(expected)
  })

  it('tells what there is when a target matches nothing', () => {
    expect(() => select('tpyo')).toThrow(NotFoundError)
    expect(() => select('tpyo')).toThrow('repos.yaml names no repository or group tpyo')
  })

  it('does not say so when a listing failed that may have named it', () => {
    expect(selectWanted(all, ['tpyo'], { components, strict: false })).toEqual([])
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
