import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { zip } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { manifestOf, releasePlugin, trusting } from '../../support/plugins.js'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

const plugin = (...args: string[]) => space.wizard('PLUGIN', ...trusting(args))
const github = () => space.github
const lock = async () => JSON.parse(await space.read('plugins/plugins.lock.json')).plugins
const files = () => snapshot(space.path('plugins'), /^\.wizard(?:\/|$)/)

/** An archive with a manifest and a file, and the manifest's name for it. */
function archived(id: string, version: string, more: Record<string, string> = {}) {
  const bytes = zip([
    { name: 'manifest.json', content: JSON.stringify(manifestOf(id, version)) },
    { name: 'bin/run.sh', content: '#!/bin/sh\n', mode: 0o100755 },
    { name: 'text.txt', content: `${id} ${version} `.repeat(50), deflated: true },
  ])
  const name = `${id}-linux.zip`
  const sum = createHash('sha256').update(bytes).digest('hex')
  const installation = {
    method: 'binary',
    sources: { linux: name, ...more },
    checksums: { linux: `sha256:${sum}` },
    post_install: ['make install'],
  }
  return { assets: { [name]: bytes }, manifest: { installation }, sum, name }
}

describe('PLUGIN INSTALL', () => {
  it('takes the asset that the manifest names for this platform, and locks it', {
    tags: ['deep'],
  }, async () => {
    const { sum, ...release } = archived('micro', '1.2.0')
    const commit = await releasePlugin(github(), 'uDOS/micro', { version: '1.2.0', ...release })
    const { status, json, err } = await plugin('INSTALL', 'micro', '--json')
    expect([status, err]).toEqual([0, ''])
    expect(json).toMatchObject({
      id: 'micro',
      version: '1.2.0',
      installed_version: '1.2.0',
      repo: 'uDOS/micro',
      enabled: true,
      update_available: false,
      status: 'installed',
      path: space.path('plugins/micro'),
      post_install: ['make install'],
    })
    expect(Object.keys(await files()).sort()).toEqual([
      'micro',
      'micro/bin',
      'micro/bin/run.sh',
      'micro/manifest.json',
      'micro/text.txt',
      'plugins.lock.json',
    ])
    expect(await lock()).toMatchObject({
      micro: { tag: 'v1.2.0', commit, sha256: sum, source: 'asset', repo: 'uDOS/micro' },
    })
    expect((await plugin('INSTALL', 'uDOS/micro')).out).toMatch(/already installed/)
    expect(await readdir(space.path('plugins/.wizard'))).toEqual(['cache', 'files', 'state.json'])
  })

  it("takes the repository's files at the tag where there is no asset", {
    tags: ['deep'],
  }, async () => {
    const deep = { 'deep/er/x.txt': 'x\n', 'run.sh': { content: '#!/bin/sh\n', mode: '100755' } }
    await releasePlugin(github(), 'uDOS/typo', { files: deep as never, assets: null })
    await github().commit('uDOS/typo', { files: { 'later.txt': 'not of the tag\n' } })
    const { status, json } = await plugin('INSTALL', 'uDOS/typo@1.0.0', '--json')
    expect([status, json.source]).toEqual([0, 'tree'])
    const there = Object.keys(await files())
    expect(there).toContain('typo/deep/er/x.txt')
    expect(there.filter((path) => /later|\.git/.test(path))).toEqual([])
    expect((await plugin('VERIFY')).status).toBe(0)
  })

  it('refuses one flipped byte, naming both sums, and touches nothing', {
    tags: ['deep'],
  }, async () => {
    const release = archived('micro', '1.0.0')
    await releasePlugin(github(), 'uDOS/micro', release)
    await plugin('INSTALL', 'micro')
    const before = await files()
    const next = archived('micro', '1.1.0')
    await releasePlugin(github(), 'uDOS/micro', { version: '1.1.0', ...next })
    github().fail({ origin: 'storage', corruptAt: 40 })
    const { status, err } = await plugin('INSTALL', 'micro')
    expect(status).toBe(8)
    expect(err).toMatch(new RegExp(`expected ${next.sum}, received [0-9a-f]{64}`))
    expect(await files()).toEqual(before)
  })

  it.each([
    ['leaves its folder', { name: '../x', content: 'x' }],
    ['absolute', { name: '/etc/x', content: 'x' }],
    ['treat it as .git', { name: 'deep/.GIT/config', content: '[core]\n\tfsmonitor = id\n' }],
    ['symbolic link', { name: 'x', content: '/etc/passwd', mode: 0o120777 }],
    ['times its size', { name: 'bomb', content: Buffer.alloc(150_000_000), deflated: true }],
  ])('refuses an archive whose entry is bad: %s', { tags: ['deep'] }, async (fault, entry) => {
    const manifest = JSON.stringify(manifestOf('micro', '1.0.0'))
    const bytes = zip([{ name: 'manifest.json', content: manifest }, entry])
    await releasePlugin(github(), 'uDOS/micro', { assets: { 'micro.zip': bytes } })
    const { status, err } = await plugin('INSTALL', 'micro')
    expect([status, err]).toEqual([2, expect.stringContaining(fault)])
    expect(Object.keys(await files())).toEqual([])
    expect(await readdir(space.path('plugins/.wizard'))).toEqual([])
  })

  it.each([
    ['micro.tar.xz', 'text'],
    ['micro.tar.bz2', 'text'],
    ['micro', Buffer.from('fd377a585a000004', 'hex')],
    ['micro.gz', 'text'],
  ])('refuses %s, which it cannot unpack', { tags: ['deep'] }, async (name, content) => {
    const manifest = { installation: { sources: { any: name } } }
    await releasePlugin(github(), 'uDOS/micro', { manifest, assets: { [name]: content } })
    const { status, err } = await plugin('INSTALL', 'micro')
    expect([status, err]).toEqual([2, expect.stringContaining("archive that wizard can't unpack")])
    expect(Object.keys(await files())).toEqual([])
  })

  it('refuses an asset that was replaced under an installed tag', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro', archived('micro', '1.0.0'))
    await plugin('INSTALL', 'micro')
    const asset = github().world.repository('uDOS/micro')?.releases[0]?.assets[0]
    if (asset) asset.digest = `sha256:${'f'.repeat(64)}`
    const { status, err } = await plugin('INSTALL', 'micro')
    expect([status, err]).toEqual([8, expect.stringContaining('was replaced since')])
  })

  it('refuses an archive that holds another plugin', { tags: ['deep'] }, async () => {
    const bytes = zip([{ name: 'manifest.json', content: JSON.stringify(manifestOf('evil', '1')) }])
    await releasePlugin(github(), 'uDOS/micro', { assets: { 'micro.zip': bytes } })
    const { status, err } = await plugin('INSTALL', 'micro')
    expect([status, err]).toEqual([8, expect.stringContaining('contains evil')])
  })

  it('refuses a tag that was moved since, with both commits', { tags: ['deep'] }, async () => {
    const first = await releasePlugin(github(), 'uDOS/micro', archived('micro', '1.0.0'))
    await plugin('INSTALL', 'micro')
    const second = await github().commit('uDOS/micro', { files: { 'evil.txt': 'x' } })
    await github().tag('uDOS/micro', 'v1.0.0')
    for (const args of [['INSTALL', 'micro'], ['UPDATE']]) {
      const { status, err, out } = await plugin(...args, '--verbose')
      expect(status).toBe(args[0] === 'UPDATE' ? 1 : 8)
      expect(err + out).toMatch(/moved since it was installed/)
      if (args[0] === 'INSTALL') expect(err).toMatch(new RegExp(`${first} and is at ${second}`))
    }
  })

  it('installs what a plugin needs first, and tells a circle', { tags: ['deep'] }, async () => {
    const needs = (...plugins: string[]) => ({ manifest: { dependencies: { plugins } } })
    await releasePlugin(github(), 'uDOS/one', needs('two@^1.0.0'))
    await releasePlugin(github(), 'uDOS/two', needs('three'))
    await releasePlugin(github(), 'uDOS/three')
    const { json } = await plugin('INSTALL', 'one', '--json')
    expect(json.dependencies.map(({ id }: { id: string }) => id)).toEqual(['three', 'two'])
    await releasePlugin(github(), 'uDOS/round', needs('about'))
    await releasePlugin(github(), 'uDOS/about', needs('round'))
    const { status, err } = await plugin('INSTALL', 'round')
    expect([status, err]).toEqual([8, expect.stringContaining('round → about → round')])
    expect(Object.keys(await lock())).toEqual(['one', 'three', 'two'])
  })

  it('chooses the highest version in a dependency’s range, and keeps it there', {
    tags: ['deep'],
  }, async () => {
    for (const version of ['1.0.0', '1.2.0', '1.3.0-rc.1', '2.0.0']) {
      await releasePlugin(github(), 'uDOS/two', { version })
    }
    await releasePlugin(github(), 'uDOS/one', {
      manifest: { dependencies: { plugins: ['two@>=1.0,<2'] } },
    })
    expect((await plugin('INSTALL', 'one')).status).toBe(0)
    expect((await lock()).two.tag).toBe('v1.2.0')
    const refused = await plugin('UPDATE', 'two')
    expect([refused.status, refused.out]).toEqual([
      1,
      expect.stringContaining('one needs two >=1.0,<2, but this would be 2.0.0'),
    ])
    const removed = await plugin('REMOVE', 'two')
    expect([removed.status, removed.err]).toEqual([8, expect.stringContaining('one needs two')])
    const planned = await plugin('UPDATE', 'two', '--dry-run')
    expect([planned.status, planned.out]).toEqual([1, expect.stringContaining('one needs two')])
    const disabled = await plugin('DISABLE', 'two')
    expect([disabled.status, disabled.err]).toEqual([0, 'warning: one needs two, and is enabled\n'])
    expect((await lock()).two.tag).toBe('v1.2.0')
    expect((await plugin('UPDATE', 'two', '--force')).status).toBe(0)
    expect((await lock()).two.tag).toBe('v2.0.0')
    expect((await plugin('ROLLBACK', 'two')).err).toBe('')
    expect((await plugin('ROLLBACK', 'two')).err).toContain(
      'one needs two >=1.0,<2, but it is now 2.0.0',
    )
    expect((await plugin('REMOVE', 'two', '--force')).status).toBe(0)
    expect((await plugin('REMOVE', 'one')).status).toBe(0)
  })

  it('warns a person too of what it does not install', { tags: ['deep'] }, async () => {
    const installation = { method: 'pip' }
    const dependencies = { containers: ['redis'], npm: {}, plugins: [] }
    await releasePlugin(github(), 'uDOS/micro', { manifest: { installation, dependencies } })
    const { status, err, out } = await plugin('INSTALL', 'micro')
    const warnings = err.split('\n').filter((line) => line.startsWith('warning: '))
    expect([status, out, warnings]).toEqual([
      0,
      expect.stringContaining('micro 1.0.0 installed'),
      [
        'warning: micro: installation.method: what it needs from pip is not installed',
        'warning: micro: dependencies.containers: wizard does not install these',
      ],
    ])
    expect((await plugin('LIST', '--json')).json[0].warnings).toHaveLength(2)
  })

  it('is two installs at once, one after the other', { tags: ['deep'] }, async () => {
    for (const id of ['one', 'two']) await releasePlugin(github(), `uDOS/${id}`)
    // Of two that wait for each other one needs real time: a clock that stands still is over at once.
    const both = await Promise.all(
      ['one', 'two'].map((id) =>
        space.run(['PLUGIN', 'INSTALL', id, '--trust'], { clock: systemClock }),
      ),
    )
    expect(both.map(({ status }) => status)).toEqual([0, 0])
    expect(Object.keys(await lock())).toEqual(['one', 'two'])
    expect((await plugin('VERIFY')).status).toBe(0)
  })

  it('leaves a folder alone that is not its own', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    await space.write('plugins', 'a file').catch(() => {})
    expect((await plugin('INSTALL', 'micro')).status).toBe(2)
    await rm(space.path('plugins'))
    await plugin('INSTALL', 'micro')
    await plugin('REMOVE', 'micro')
    await writeFile(space.path('plugins/micro'), 'mine')
    const { status, err } = await plugin('INSTALL', 'micro')
    expect([status, err]).toEqual([8, expect.stringContaining('wizard did not install it')])
    expect(await space.read('plugins/micro')).toBe('mine')
  })
})

describe('what plugins.yaml asks for', () => {
  const rules = (plugins: Record<string, unknown>) =>
    space.write('config/plugins.yaml', JSON.stringify({ plugins }))

  it('a signature: a good one, none, a wrong one, and another key than before', {
    tags: ['deep'],
  }, async () => {
    await rules({ require_signatures: true })
    const [one, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
    const release = (version: string, sign: (manifest: Json) => object) => {
      const { manifest, assets } = archived('micro', version)
      const signature = sign(manifestOf('micro', version, manifest))
      return releasePlugin(github(), 'uDOS/micro', {
        ...{ version, assets, manifest: { ...manifest, signature } },
      })
    }
    await release('1.0.0', () => ({ signature: 'scaffold-1' }))
    expect(await plugin('INSTALL', 'micro')).toMatchObject({
      status: 8,
      err: expect.stringContaining('micro is not signed'),
    })
    await release('1.1.0', (manifest) => signed(manifest, one))
    expect((await plugin('INSTALL', 'micro')).status).toBe(0)
    await release('1.2.0', (manifest) => signed({ ...manifest, version: '9.9.9' }, one))
    expect((await plugin('INSTALL', 'micro')).err).toContain('does not match its content')
    await release('1.3.0', (manifest) => signed(manifest, other))
    expect((await plugin('INSTALL', 'micro')).err).toContain('another key than before')
    expect((await lock()).micro).toMatchObject({ version: '1.1.0', signed_whole: true })
    const installed = await space.read('plugins/micro/manifest.json')
    expect(JSON.parse(installed).signature).toMatchObject({ algorithm: 'ed25519' })
  })

  it('a signature over every byte: a checksum, and no other manifest', {
    tags: ['deep'],
  }, async () => {
    const key = generateKeyPairSync('ed25519')
    const release = (id: string, inside: Json, checksums?: (sum: string) => Json) => {
      const content = JSON.stringify(manifestOf(id, '1.0.0', inside))
      const bytes = zip([
        { name: 'manifest.json', content },
        { name: 'evil.js', content: 'x' },
      ])
      const sum = createHash('sha256').update(bytes).digest('hex')
      const installation = { sources: { any: 'x.zip' }, checksums: checksums?.(sum) ?? {} }
      const signature = signed(manifestOf(id, '1.0.0', { installation }), key)
      const manifest = { installation, signature }
      return releasePlugin(github(), `uDOS/${id}`, { manifest, assets: { 'x.zip': bytes } })
    }
    const installation = { sources: { any: 'x.zip' } }
    await release('bare', { installation })
    await release('whole', { installation }, (sum) => ({ all: sum }))
    await release('evil', { installation, main: 'evil.js' }, (sum) => ({ all: sum }))
    await releasePlugin(github(), 'uDOS/tree', {
      ...{ assets: null, manifest: { signature: signed(manifestOf('tree', '1.0.0'), key) } },
    })
    expect(await plugin('INSTALL', 'evil')).toMatchObject({
      ...{ status: 8, err: expect.stringContaining('differs from the signed manifest') },
    })
    expect((await plugin('INSTALL', 'bare')).status).toBe(0)
    expect((await plugin('INSTALL', 'tree')).status).toBe(0)
    await rules({ require_signatures: true })
    expect((await plugin('INSTALL', 'whole')).status).toBe(0)
    for (const [id, why] of [
      ['bare', 'x.zip of bare has no checksum in the signed manifest'],
      ['tree', "tree is its repository's own files"],
    ] as const) {
      for (const args of [[id], [id, '--frozen']]) {
        const { status, err } = await plugin('INSTALL', ...args)
        expect([status, err]).toEqual([8, expect.stringContaining(why)])
      }
    }
    expect((await plugin('INSTALL', 'whole', '--frozen')).status).toBe(0)
    await plugin('PIN', 'bare')
    for (const flags of [[], ['--dry-run']]) {
      const update = await plugin('UPDATE', ...flags, '--json')
      expect([update.status, update.json]).toMatchObject([
        1,
        [
          { id: 'bare', status: 'failed', error: { message: expect.stringContaining('every') } },
          { id: 'tree', status: 'failed', error: { code: 'CONFLICT' } },
          { id: 'whole', status: 'unchanged' },
        ],
      ])
    }
  })

  it('a signature, whatever the lock says', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro', archived('micro', '1.0.0'))
    await plugin('INSTALL', 'micro')
    const text = await space.read('plugins/plugins.lock.json')
    const forged = text
      .replace('"signed_by": null', '"signed_by": "ed25519:x"')
      .replace('"signed_whole": false', '"signed_whole": true')
    await space.write('plugins/plugins.lock.json', forged)
    for (const path of ['micro', '.wizard'])
      await rm(space.path('plugins', path), { recursive: true })
    await rules({ require_signatures: true })
    const { status, err } = await plugin('INSTALL', 'micro', '--frozen')
    expect([status, err]).toEqual([8, expect.stringContaining('micro is not signed')])
  })

  it('a version of uDOS', { tags: ['deep'] }, async () => {
    await rules({ udos_version: '1.4.0' })
    await releasePlugin(github(), 'uDOS/micro', { manifest: { udos_version: '>=2.0.0' } })
    await releasePlugin(github(), 'uDOS/typo', { manifest: { runtime: { requires: '^1.0' } } })
    const { status, err } = await plugin('INSTALL', 'micro')
    expect([status, err]).toEqual([8, expect.stringContaining('needs uDOS >=2.0.0')])
    expect((await plugin('INSTALL', 'typo')).status).toBe(0)
  })
})

type Json = Record<string, unknown>

/** Signs like an author's tool: compact JSON with sorted keys, without the signature. */
function signed(manifest: Json, { publicKey, privateKey }: KeyPairKeyObjectResult) {
  const text = JSON.stringify(sorted(manifest))
  return {
    algorithm: 'ed25519',
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    signature: sign(null, Buffer.from(text), privateKey).toString('base64'),
  }
}

const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((name) => [name, sorted((value as Json)[name])]),
      )

describe('--frozen', () => {
  it('without a lock is an error', async () => {
    const { status, err } = await plugin('INSTALL', '--frozen')
    expect([status, err]).toEqual([3, expect.stringContaining('plugins.lock.json does not exist')])
  })

  it('brings what the lock names, byte for byte, though there is a later version', {
    tags: ['deep'],
  }, async () => {
    await releasePlugin(github(), 'uDOS/micro', archived('micro', '1.0.0'))
    await releasePlugin(github(), 'uDOS/typo')
    for (const id of ['micro', 'typo']) await plugin('INSTALL', id)
    const before = await files()
    await releasePlugin(github(), 'uDOS/micro', { version: '2.0.0', ...archived('micro', '2.0.0') })
    for (const path of ['micro', 'typo', '.wizard']) {
      await rm(space.path('plugins', path), { recursive: true })
    }
    const { status, json } = await plugin('INSTALL', '--frozen', '--json')
    expect([status, json.map(({ status }: { status: string }) => status)]).toEqual([
      0,
      ['installed', 'installed'],
    ])
    expect(await files()).toEqual(before)
    github().requests.length = 0
    expect((await plugin('INSTALL', '--frozen')).status).toBe(0)
    expect(github().requests).toEqual([])
    expect((await plugin('INSTALL', 'nope', '--frozen')).status).toBe(3)
    for (const path of ['micro', 'typo']) await rm(space.path('plugins', path), { recursive: true })
    expect((await plugin('INSTALL', '--frozen')).status).toBe(0)
    expect([await files(), github().requests]).toEqual([before, []])
  })
})

describe('UPDATE, PIN, ROLLBACK', () => {
  it('of many plugins without releases does not make node warn', { tags: ['deep'] }, async () => {
    const ids = Array.from({ length: 13 }, (_, index) => `p${index}`)
    for (const id of ids) {
      await releasePlugin(github(), `uDOS/${id}`, { assets: null })
      github().world.repository(`uDOS/${id}`)?.releases.splice(0)
      await plugin('INSTALL', id)
    }
    const warnings: string[] = []
    const note = ({ name }: Error) => void warnings.push(name)
    process.on('warning', note)
    expect((await plugin('UPDATE')).status).toBe(0)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('goes forward, stays where it is pinned, and back byte for byte', {
    tags: ['deep'],
  }, async () => {
    await releasePlugin(github(), 'uDOS/micro', archived('micro', '1.0.0'))
    await plugin('INSTALL', 'micro')
    const first = await snapshot(space.path('plugins/micro'))
    await plugin('DISABLE', 'micro')
    await releasePlugin(github(), 'uDOS/micro', { version: '1.1.0', ...archived('micro', '1.1.0') })
    const dry = await plugin('UPDATE', '--dry-run', '--json')
    expect(dry.json).toMatchObject([
      { id: 'micro', planned: 'update', from: 'v1.0.0', to: 'v1.1.0' },
    ])
    expect((await plugin('LIST', '--json')).json).toMatchObject([{ update_available: true }])
    await plugin('PIN', 'micro')
    expect((await plugin('UPDATE', '--json')).json).toMatchObject([{ status: 'pinned' }])
    expect(await snapshot(space.path('plugins/micro'))).toEqual(first)
    await plugin('UNPIN', 'MICRO')
    expect((await plugin('UPDATE', 'ALL', '--json')).json).toMatchObject([
      { status: 'updated', version: '1.1.0', enabled: false },
    ])
    const second = await snapshot(space.path('plugins/micro'))
    expect(second).not.toEqual(first)
    github().requests.length = 0
    expect((await plugin('ROLLBACK', 'micro', '--json')).json).toMatchObject({ version: '1.0.0' })
    expect(await snapshot(space.path('plugins/micro'))).toEqual(first)
    expect((await plugin('ROLLBACK', 'micro')).status).toBe(0)
    expect(await snapshot(space.path('plugins/micro'))).toEqual(second)
    expect(github().requests).toEqual([])
  })

  it('gives the hint of each one that failed', { tags: ['deep'] }, async () => {
    for (const id of ['micro', 'typo']) {
      await releasePlugin(github(), `uDOS/${id}`)
      await plugin('INSTALL', id)
      await releasePlugin(github(), `uDOS/${id}`, { version: '2.0.0' })
    }
    await space.write('config/plugins.yaml', 'plugins: { require_signatures: true }\n')
    const { status, err } = await plugin('UPDATE')
    expect([status, err]).toEqual([1, expect.stringMatching(/\nhint: micro, typo: ask its author/)])
  })

  it('says that no copy is kept, and changes nothing', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    await plugin('INSTALL', 'micro')
    const before = await files()
    const { status, err } = await plugin('ROLLBACK', 'micro')
    expect([status, err]).toEqual([3, expect.stringContaining('nothing was changed')])
    expect(await files()).toEqual(before)
  })

  it('keeps what somebody changed in a plugin', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    await plugin('INSTALL', 'micro')
    await writeFile(space.path('plugins/micro/main.txt'), 'mine\n')
    const { status, json } = await plugin('VERIFY', '--json')
    expect([status, json]).toMatchObject([1, [{ status: 'changed', changed: ['main.txt'] }]])
    for (const version of ['1.1.0', '1.2.0']) {
      await releasePlugin(github(), 'uDOS/micro', { version })
      expect((await plugin('UPDATE')).status).toBe(0)
    }
    await plugin('REMOVE', 'micro')
    const trash = await snapshot(space.path('.wizard/trash'))
    expect(Object.keys(trash).filter((path) => path.endsWith('main.txt'))).toHaveLength(1)
    expect(Object.keys(await lock())).toEqual([])
    expect(await readdir(space.path('plugins'))).toEqual(['.wizard', 'plugins.lock.json'])
  })
})

describe('PLUGIN SEARCH', () => {
  it('finds by topic, owner and index, and tells what is odd', { tags: ['deep'] }, async () => {
    await releasePlugin(github(), 'uDOS/micro', { manifest: { license: undefined, odd: 1 } })
    await releasePlugin(github(), 'other/typo', { topics: [] })
    await github().addRepository('uDOS/index', {
      files: { 'index.json': JSON.stringify({ plugins: [{ repo: 'other/typo' }] }) },
    })
    const ids = async (...args: string[]) =>
      (await plugin('SEARCH', ...args, '--json')).json.map(({ id }: { id: string }) => id)
    expect(await ids()).toEqual(['micro'])
    expect(await ids('--owner', 'other')).toEqual(['typo'])
    expect(await ids('--index', 'uDOS/index')).toEqual(['typo'])
    expect(await ids('nothing like it')).toEqual([])
    const [micro] = (await plugin('SEARCH', '--json')).json
    expect(micro.warnings).toEqual(['license: missing', 'odd: unknown; kept'])
  })

  it('says the same of an empty manifest as INSTALL, which says nothing of other plugins', {
    tags: ['deep'],
  }, async () => {
    await releasePlugin(github(), 'uDOS/micro')
    await releasePlugin(github(), 'uDOS/empty', { files: { 'manifest.json': '' } })
    const fault = 'manifest.json is not valid JSON: it ends too early'
    const [search, empty, micro, none] = [
      await plugin('SEARCH'),
      await plugin('INSTALL', 'uDOS/empty'),
      await plugin('INSTALL', 'micro'),
      await plugin('INSTALL', 'nothing'),
    ].map(({ err }) => err)
    expect([search, empty, none].map((err) => err?.includes(fault))).toEqual([true, true, true])
    expect(micro).not.toContain('empty')
  })

  it.each([[[]], [['--json']]])(
    'is exit 1 where a source is missing from it: %s',
    async (flags) => {
      await releasePlugin(github(), 'uDOS/micro')
      await space.write('config/plugins.yaml', 'plugins: { index: [uDOS/gone] }\n')
      const { status, err, out } = await plugin('SEARCH', ...flags)
      expect([status, out]).toEqual([1, expect.stringContaining('micro')])
      expect(err).toContain("plugins may be missing: the index uDOS/gone:index.json can't be read")
      expect(err.split('\n').filter((line) => line.includes('uDOS/gone'))).toHaveLength(1)
      // INSTALL finds it in what there is.
      const installed = await plugin('INSTALL', 'micro')
      expect([installed.status, installed.err]).toEqual([0, expect.stringContaining('uDOS/gone')])
    },
  )
})
