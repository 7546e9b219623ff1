import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idFromRepository, isPluginId } from '../../../src/plugins/manifest/id.js'
import { parseChecksum, suits } from '../../../src/plugins/manifest/installation.js'
import { parseManifest } from '../../../src/plugins/manifest/parse.js'
import { assertFit } from '../../../src/plugins/manifest/requirements.js'
import { checkSignature } from '../../../src/plugins/manifest/signature.js'

const parse = (value: unknown) =>
  parseManifest(
    typeof value === 'string' ? value : JSON.stringify(value),
    'uDOS/x:manifest.json',
    'x',
  )

const whole = {
  id: 'micro',
  name: 'Micro',
  version: '1.2.3',
  description: 'An editor',
  category: 'editor',
  license: 'MIT',
}

describe('parseManifest', () => {
  it('reads the dialect with an installation', () => {
    const manifest = parse({
      ...whole,
      author: { name: 'Mona' },
      repository: { type: 'git', url: 'https://github.com/uDOS/micro' },
      installation: {
        method: 'binary',
        sources: { 'linux-amd64': 'micro.tar.gz', 'darwin-arm64': '' },
        checksums: { 'linux-amd64': '' },
        post_install: 'micro --setup',
      },
      udos_version: '>=1.2',
      udos_integration: { any: ['thing'] },
    })
    expect(manifest).toMatchObject({
      id: 'micro',
      author: 'Mona',
      repository: 'https://github.com/uDOS/micro',
      requirements: { udos: '>=1.2', platforms: [] },
      warnings: [],
    })
    expect([...manifest.installation.sources]).toEqual([['linux-amd64', 'micro.tar.gz']])
    expect(manifest.installation.checksums.size).toBe(0)
    expect(manifest.installation.postInstall).toEqual(['micro --setup'])
  })

  it('reads the dialect with a runtime', () => {
    const manifest = parse({
      id: 'net',
      name: 'Net',
      version: '0.1.0',
      license: 'MIT',
      main: 'index.js',
      type: 'transport',
      runtime: { requires: '>=1.0.0', platform: ['linux', 'darwin'] },
      permissions: { filesystem: [], network: true, ai: false },
      dependencies: { containers: ['redis'], plugins: ['base@^1.0.0', { id: 'other' }] },
      repository: 'uDOS/net',
    })
    expect(manifest).toMatchObject({
      category: 'transport',
      repository: 'uDOS/net',
      requirements: { udos: '>=1.0.0', platforms: ['linux', 'darwin'] },
      needs: [
        { name: 'base', range: '^1.0.0' },
        { name: 'other', range: null },
      ],
      warnings: [],
    })
  })

  it.each([
    [{ version: 20260104 }, 'version: a number where a text was expected'],
    [{ version: '20260104' }, 'version: 20260104 is not a semantic version'],
    [{ category: 'odd one' }, 'category: odd one is unknown'],
    [{ type: 'odd' }, 'type: odd is unknown'],
    [{ license: undefined }, 'license: missing'],
    [
      { id: '../x' },
      "id: ../x can't be the name of a folder everywhere; using the repository's name",
    ],
    [{ description: ['a'] }, 'description: expected a text, found a list'],
    [{ installation: 'x' }, 'installation: expected an object, found a string'],
    [
      { installation: { checksums: { any: 'beef' } } },
      'installation.checksums.any: neither SHA-256 nor SHA-512: not checked',
    ],
    [{ mine: 1 }, 'mine: unknown; kept'],
    [
      { dependencies: { plugins: ['; rm'] } },
      'dependencies.plugins: expected names of plugins, each optionally with @RANGE',
    ],
  ])('warns of %j, and reads the rest', (odd, warning) => {
    const manifest = parse({ ...whole, ...odd })
    expect(manifest.warnings).toContain(warning)
    expect(manifest.name).toBe('Micro')
  })

  it('keeps what is not known, also what JavaScript would stumble over', () => {
    const manifest = parse('{"id":"a","__proto__":{"name":"evil"},"constructor":1,"x":{"y":[1]}}')
    expect(manifest.raw.x).toEqual({ y: [1] })
    expect([manifest.name, manifest.version]).toEqual(['a', null])
  })

  it.each([
    ['', 'is not valid JSON'],
    ['{"id": ', 'is not valid JSON'],
    ['[]', 'expected an object, found a list'],
    ['null', 'expected an object, found null'],
    [' '.repeat(1_000_001), 'too long'],
    [`{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`, 'nested too deeply'],
  ])('refuses %#', (text, what) => {
    expect(() => parse(text)).toThrow(what)
    expect(() => parse(text)).toThrow('uDOS/x:manifest.json')
  })
})

it('knows what can be the name of a folder', () => {
  const good = ['a', 'micro', 'my-plugin_2.0', 'A1']
  const bad = [
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    '.wizard',
    'con',
    'nul.txt',
    'a.',
    'a b',
    'plugins.lock.json',
    'Plugins.lock.json.new',
    'ü',
  ]
  expect(good.filter((id) => !isPluginId(id))).toEqual([])
  expect(bad.filter(isPluginId)).toEqual([])
})

it('makes a name of a folder of what a repository is called', () => {
  const names = ['micro', '_x', '.wizard', 'CON', '---', 'plugins.lock.json', 'a'.repeat(101)]
  const ids = names.map(idFromRepository)
  expect(ids.filter((id) => !isPluginId(id))).toEqual([])
  expect(ids.slice(0, 4)).toEqual(['micro', 'plugin-_x', 'plugin-.wizard', 'plugin-CON'])
  const { id, warnings } = parseManifest('{"id":".."}', 'uDOS/_x:manifest.json', '_x')
  expect([id, warnings[0]]).toEqual(['plugin-_x', expect.stringMatching(/^id: \.\./)])
})

it('reads checksums', () => {
  const [a, b] = ['a'.repeat(64), 'B'.repeat(128)]
  expect(parseChecksum(`sha256:${a}`)).toEqual({ algorithm: 'sha256', hex: a })
  expect(parseChecksum(b)).toEqual({ algorithm: 'sha512', hex: b.toLowerCase() })
  expect([`sha512:${a}`, `md5:${'a'.repeat(32)}`, 'zz'].map(parseChecksum)).toEqual([
    null,
    null,
    null,
  ])
})

it.each([
  ['linux-amd64', 2],
  ['linux_x86_64', 2],
  ['micro-1.0-linux64-static', 0],
  ['linux', 1],
  ['any', 1],
  ['amd64', 1],
  ['linux-arm64', 0],
  ['darwin-amd64', 0],
  ['windows-x64', 0],
  ['plan9', 0],
])('%s suits a Linux machine: %i', (name, rank) => {
  expect(suits(name, { os: 'linux', arch: 'x64' })).toBe(rank)
})

describe('what a plugin needs', () => {
  const assertVersion = (udos: string | null, version: string | null, platforms: string[] = []) =>
    assertFit({ id: 'x', requirements: { udos, platforms } }, version, { os: 'linux', arch: 'x64' })

  it.each([
    ['>=1.2', '1.3.0'],
    ['1.2', '1.10.0'],
    ['udos ^1.0', '1.4.0-beta.1'],
    ['nonsense', null],
    ['>=1.0,<1.5', '1.4.0'],
    ['>=9', null],
    [null, '1.0.0'],
  ])('%s goes with %s', (range, version) => {
    expect(() => assertVersion(range, version)).not.toThrow()
  })

  it('refuses another version of uDOS, and another platform', () => {
    expect(() => assertVersion('>=2', '1.9.9')).toThrow('x needs uDOS >=2, but this is 1.9.9')
    expect(() => assertVersion('>=1.0,<1.4', '1.4.0')).toThrow('x needs uDOS >=1.0,<1.4, but this')
    expect(() => assertVersion('garbage!!', '1.0.0')).toThrow('is not a range of versions')
    expect(() => assertVersion(null, null, ['darwin'])).toThrow(
      'x is for darwin, but this is linux-amd64',
    )
    expect(() => assertVersion(null, null, ['linux'])).not.toThrow()
  })
})

describe('checkSignature', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12)
  const signed = '{"id":"x","n":{"a":[1,"ü"],"b":null},"version":"1.0.0"}'
  const of = (text: string, publicKey: string, signature: string) => ({
    id: 'x',
    raw: { ...JSON.parse(text), signature: { algorithm: 'ed25519', publicKey, signature } },
  })
  const signature = sign(null, Buffer.from(signed), privateKey)
  const shuffled = '{"version":"1.0.0","n":{"b":null,"a":[1,"ü"]},"id":"x"}'

  it.each(['base64', 'hex'] as const)('takes keys in any order, in %s', (form) => {
    const manifest = of(shuffled, raw.toString(form), signature.toString(form))
    expect(checkSignature(manifest)).toMatch(/^ed25519:[0-9a-f]{64}$/)
  })

  it('takes what was signed in ASCII alone, as Python writes it', () => {
    const ascii = sign(null, Buffer.from(signed.replace('ü', '\\u00fc')), privateKey)
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    expect(checkSignature(of(shuffled, pem, ascii.toString('base64')))).not.toBeNull()
  })

  it('takes a scaffold for none', () => {
    expect(checkSignature(of(signed, 'x', 'scaffold-abc'))).toBeNull()
    expect(checkSignature({ id: 'x', raw: JSON.parse(signed) })).toBeNull()
  })

  it('takes numbers as Python writes them', () => {
    const python = '{"id":"x","size":1.0,"text":"2.50"}'
    const text = sign(null, Buffer.from(python), privateKey).toString('base64')
    const manifest = of(python, raw.toString('base64'), text)
    const file = `{ "text": "2.50", "size": 1.0, "id": "x", "signature": ${JSON.stringify(manifest.raw.signature)} }`
    expect(checkSignature(manifest, file)).toMatch(/^ed25519:/)
    const other = { id: 'x', raw: JSON.parse(file.replace('1.0', '1.5')) }
    expect(() => checkSignature(other, file.replace('1.0', '1.5'))).toThrow('does not match')
    const quoted = file.replace('1.0', '"1.0"')
    expect(() => checkSignature({ id: 'x', raw: JSON.parse(quoted) }, quoted)).toThrow(
      'does not match',
    )
  })

  it.each([
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `01${'00'.repeat(30)}80`,
    `ec${'ff'.repeat(30)}7f`,
  ])('refuses the key %s, with which anybody can sign', (key) => {
    expect(() => checkSignature(of(signed, key, signature.toString('hex')))).toThrow(
      'anybody can sign',
    )
  })

  it('refuses a change, another key and what is damaged', () => {
    const text = signature.toString('base64')
    const key = raw.toString('base64')
    const changed = of(shuffled.replace('1.0.0', '1.0.1'), key, text)
    expect(() => checkSignature(changed)).toThrow('does not match its content')
    expect(() => checkSignature(of(signed, Buffer.alloc(32, 1).toString('base64'), text))).toThrow()
    expect(() => checkSignature(of(signed, key, 'AAAA'))).toThrow('is damaged')
  })
})
