import { describe, expect, it } from 'vitest'
import { type FoundPlugin, nameOfSource, sourceKeyOf } from '../../src/plugins/discover/discover.js'
import { repositoryIn } from '../../src/plugins/discover/index-file.js'
import { configuredSources } from '../../src/plugins/find.js'
import { parseManifest } from '../../src/plugins/manifest/parse.js'
import { foundInfo } from '../../src/plugins/search.js'
import type { LockEntry } from '../../src/plugins/store/lock-file.js'
import type { PluginState } from '../../src/plugins/store/state.js'
import { manifestOf } from '../support/plugins.js'
import { lockEntry, sessionOf, temporaryRoot } from './support.js'

describe('a plugin that was found', () => {
  const usual: PluginState = { enabled: true, pinned: false, latest: null }
  const micro = (latest: string | null, more: Partial<FoundPlugin> = {}): FoundPlugin => ({
    ...{ owner: 'uDOS', repo: 'micro', repositoryId: null, archived: false },
    manifest: parseManifest(JSON.stringify(manifestOf('micro', '1.1.0')), 'x', 'micro'),
    latest: latest === null ? null : { tag: latest, commit: null },
    ...more,
  })
  const info = (plugin: FoundPlugin, entry?: Partial<LockEntry>, state = usual) =>
    foundInfo(
      plugin,
      { entries: new Map(entry ? [['micro', lockEntry(entry)]] : []), rest: {} },
      new Map([['micro', state]]),
    )

  it.each<[string, FoundPlugin, Partial<LockEntry> | undefined, PluginState, boolean]>([
    ['one that is not installed', micro('v1.1.0'), undefined, usual, false],
    ['a newer release', micro('v1.1.0'), {}, usual, true],
    ['the same release', micro('v1.0.0'), {}, usual, false],
    ['no release, and nothing is known', micro(null), {}, usual, false],
    [
      'no release, and a later version is known',
      micro(null),
      {},
      { ...usual, latest: { tag: 'v1.2.0', version: null } },
      true,
    ],
    ['another repository’s of that id', micro('v1.1.0'), { repo: 'else/micro' }, usual, false],
    ['the same, in another case', micro('v1.1.0'), { repo: 'UDOS/Micro' }, usual, true],
  ])('is an update or not: %s', (_name, plugin, entry, state, expected) => {
    expect(info(plugin, entry, state).update_available).toBe(expected)
  })

  it('has the installed version, by its tag where it has none, and what was set', () => {
    const state = { ...usual, enabled: false, pinned: true }
    const mine = { installed_version: '1.0.0', enabled: false, pinned: true, version: '1.1.0' }
    expect(info(micro(null), {}, state)).toMatchObject(mine)
    expect(info(micro(null), { version: null }).installed_version).toBe('v1.0.0')
    expect(info(micro(null), { repo: 'else/micro' }, state)).toMatchObject({
      ...{ installed_version: null, enabled: false, pinned: false },
    })
  })

  it('says that its repository is archived', () => {
    expect(info(micro(null, { archived: true })).warnings).toEqual(['its repository is archived'])
    expect(info(micro(null)).warnings).toEqual([])
  })
})

describe('the sources of plugins', () => {
  const named = async (plugins: Record<string, unknown>) => {
    const { session } = await sessionOf(await temporaryRoot(), plugins)
    return (await configuredSources(session)).map(nameOfSource)
  }

  it('are a topic, and what plugins.yaml names', async () => {
    expect(await named({})).toEqual(['the topic udos-plugin'])
    const index = ['uDOS/plugins', 'uDOS/more:lists/all.yaml']
    expect(await named({ topic: 'my-plugin', owners: ['ollama'], index })).toEqual([
      'the topic my-plugin',
      'the repositories of ollama',
      'the index uDOS/plugins:index.json',
      'the index uDOS/more:lists/all.yaml',
    ])
  })

  it('name a repository in any case', () => {
    const [one, other] = [
      { owner: 'uDOS', repo: 'Typo' },
      { owner: 'udos', repo: 'typo' },
    ]
    expect(sourceKeyOf(one)).toBe(sourceKeyOf(other))
  })

  it.each([
    ['uDOS/typo', 'uDOS/typo'],
    ['  github:uDOS/typo ', 'uDOS/typo'],
    ['git+https://github.com/uDOS/typo.git', 'uDOS/typo'],
    ['https://www.github.com/uDOS/typo', 'uDOS/typo'],
    ['git@github.com:uDOS/typo.git', 'uDOS/typo'],
    ['https://gitlab.com/uDOS/typo', null],
    ['https://github.com.evil.test/uDOS/typo', null],
    ['https://github.com/uDOS', null],
    ['uDOS/..', null],
    ['typo', null],
    ['', null],
  ])('name by %j the repository %j', (text, expected) => {
    const repo = repositoryIn(text, 'github.com')
    expect(repo && `${repo.owner}/${repo.repo}`).toBe(expected)
  })
})
