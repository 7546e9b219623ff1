import { describe, expect, it } from 'vitest'
import type { ReleaseAsset } from '../../../src/github/rest/release-assets.js'
import type { PluginVersion } from '../../../src/plugins/install/resolve.js'
import { selectAsset } from '../../../src/plugins/install/select-asset.js'
import { parseManifest } from '../../../src/plugins/manifest/parse.js'
import { manifestOf } from '../../support/plugins.js'

const asset = (name: string, id: number): ReleaseAsset => ({
  id,
  name,
  size: 1,
  digest: null,
  state: 'uploaded',
  content_type: null,
  download_url: `https://github.com/uDOS/micro/releases/download/v1.2.0/${name}`,
  uploader: null,
})

function versionWith(
  installation: Record<string, unknown> | undefined,
  names: string[],
): PluginVersion {
  const text = JSON.stringify(manifestOf('micro', '1.2.0', { installation }))
  const release = { assets: names.map(asset) } as PluginVersion['release']
  return {
    ...{ repositoryId: 7, ownerId: 1 },
    ...{ owner: 'uDOS', repo: 'micro', tag: 'v1.2.0', template: null, commit: 'a'.repeat(40) },
    release,
    file: { name: 'manifest.json', text },
    manifest: parseManifest(text, 'uDOS/micro:manifest.json', 'micro'),
  }
}

const linux = { os: 'linux', arch: 'x64' }
const chosen = (installation: Record<string, unknown> | undefined, ...names: string[]) =>
  selectAsset(versionWith(installation, names), linux)?.asset.name ?? null
const page = 'https://github.com/uDOS/micro'

describe('an asset that the manifest names', () => {
  it.each([
    ['micro.zip', 'micro.zip'],
    ['micro-{version}-{platform}.zip', 'micro-1.2.0-linux-amd64.zip'],
    [`${page}/releases/download/v1.2.0/micro.zip`, 'micro.zip'],
    [`${page}/releases/download/{tag}/micro.zip`, 'micro.zip'],
    [`${page}/releases/latest/download/micro.zip`, 'micro.zip'],
    ['https://cdn.test/x/micro.zip', 'micro.zip'],
    [`${page}/archive/refs/tags/v1.2.0.tar.gz`, null],
    ['bin/micro', null],
  ])('%s', (source, name) => {
    const all = ['micro.zip', 'micro-1.2.0-linux-amd64.zip']
    expect(chosen({ sources: { linux: source } }, ...all)).toBe(name)
  })

  it('is the one that fits best', () => {
    const sources = { any: 'any.zip', linux: 'linux.zip', 'linux-amd64': 'both.zip' }
    const names = ['any.zip', 'linux.zip', 'both.zip']
    expect(chosen({ sources }, ...names)).toBe('both.zip')
    expect(chosen({ sources: { ...sources, 'linux-amd64': '' } }, ...names)).not.toBe('both.zip')
    const sums = { 'linux-amd64': 'a'.repeat(64) }
    expect(selectAsset(versionWith({ sources, checksums: sums }, names), linux)?.checksum).toEqual({
      algorithm: 'sha256',
      hex: 'a'.repeat(64),
    })
  })

  it.each<[string, string, boolean]>([
    ['linux-x86_64', 'linux-amd64', true],
    ['linux', 'LINUX', true],
    ['any', 'noarch', true],
    ['linux-amd64', 'x64_linux', true],
    ['linux-amd64', 'both.zip', true],
    ['linux', 'linux-amd64', false],
    ['linux-amd64', 'linux-arm64', false],
    ['linux-amd64', 'any', false],
  ])('for %s has the checksum for %s: %s', (platform, key, isFound) => {
    const installation = {
      sources: { [platform]: 'both.zip' },
      checksums: { [key]: 'a'.repeat(64) },
    }
    const found = selectAsset(versionWith(installation, ['both.zip']), linux)
    expect(found?.checksum?.hex).toBe(isFound ? 'a'.repeat(64) : undefined)
  })

  it('without sources has the checksum of its platform too', () => {
    const checksums = { 'linux-x86_64': 'a'.repeat(64), any: 'b'.repeat(64) }
    const sum = (name: string) =>
      selectAsset(versionWith({ checksums }, [name]), linux)?.checksum?.hex[0]
    expect(['micro-linux-amd64.zip', 'micro.zip'].map(sum)).toEqual(['a', 'b'])
  })

  it('is told where it is not there, or not for this platform', () => {
    const none = () => chosen({ sources: { linux: 'x.zip' } }, 'micro.zip')
    expect(none).toThrow('the release v1.2.0 has no asset x.zip')
    expect(() => chosen({ sources: { darwin: 'x.zip' } })).toThrow('has nothing for linux-amd64')
    const elsewhere = () => chosen({ sources: { linux: 'https://evil.test/x.zip' } }, 'micro.zip')
    expect(elsewhere).toThrow('would come from https://evil.test/x.zip')
  })
})

it.each([
  [['micro.zip'], 'micro.zip'],
  [['micro-1.2.0.tar.gz'], 'micro-1.2.0.tar.gz'],
  [['micro-v1.2.0.tgz'], 'micro-v1.2.0.tgz'],
  [['micro-1.2.0-linux-amd64.tar.gz', 'micro-1.2.0.zip'], 'micro-1.2.0-linux-amd64.tar.gz'],
  [['micro_linux_x86_64.zip', 'micro_darwin_x86_64.zip'], 'micro_linux_x86_64.zip'],
  [['micro-darwin-arm64.zip'], null],
  [['micro-docs.zip', 'other.zip', 'micro.zip.asc', 'SHA256SUMS'], null],
  [['microscope.zip'], null],
  [[], null],
])('without sources, of %j: %s', (names, name) => {
  expect(chosen(undefined, ...names)).toBe(name)
  expect(chosen({ method: 'npm', sources: { any: 'micro' } }, ...names)).toBe(name)
})
