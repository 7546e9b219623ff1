import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { assertAllowed } from '../../../src/plugins/install/allowed.js'
import type { PluginVersion } from '../../../src/plugins/install/resolve.js'
import { parseManifest } from '../../../src/plugins/manifest/parse.js'
import type { LockEntry } from '../../../src/plugins/store/lock-file.js'
import { manifestOf } from '../../support/plugins.js'
import { lockEntry, sessionOf, temporaryRoot } from '../support.js'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const publicText = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')

function versionOf(more: Record<string, unknown> = {}, isSigned = false): PluginVersion {
  const manifest = manifestOf('micro', '1.0.0', more) as Record<string, unknown>
  const keys = Object.keys(manifest).sort()
  const compact = JSON.stringify(Object.fromEntries(keys.map((key) => [key, manifest[key]])))
  const signature = sign(null, Buffer.from(compact), privateKey).toString('base64')
  const part = isSigned ? { signature: { publicKey: publicText, signature } } : {}
  const text = JSON.stringify({ ...manifest, ...part })
  return {
    ...{ repositoryId: 7, ownerId: 1 },
    ...{ owner: 'uDOS', repo: 'micro', tag: 'v1.0.0', template: null, release: null },
    commit: 'a'.repeat(40),
    file: { name: 'manifest.json', text },
    manifest: parseManifest(text, 'uDOS/micro:manifest.json', 'micro'),
  }
}

async function allowed(
  version: PluginVersion,
  known?: Partial<LockEntry>,
  plugins: Record<string, unknown> = {},
) {
  const { session } = await sessionOf(await temporaryRoot(), plugins)
  return assertAllowed(session, version, known && lockEntry(known))
}

describe('a version may be installed', () => {
  it.each<[string, PluginVersion, Partial<LockEntry> | undefined, Record<string, unknown>?]>([
    ['first of all', versionOf(), undefined],
    ['again', versionOf(), {}],
    ['from its repository after it was renamed', versionOf(), { repo: 'uDOS/old' }],
    ['from its repository in another case', versionOf(), { repo: 'udos/MICRO' }],
    ['at another tag, with another commit', versionOf(), { tag: 'v0.9.0', commit: 'f'.repeat(40) }],
    ['for the uDOS that is here', versionOf({ udos_version: '^1' }), {}, { udos_version: '1.5.0' }],
    ['for any, where nobody says which is here', versionOf({ udos_version: '^9' }), {}],
  ])('%s', async (_when, version, known, plugins) => {
    expect(await allowed(version, known, plugins)).toBeNull()
  })

  it('signed, by the signer of the one before', async () => {
    const signer = await allowed(versionOf({}, true), {}, { require_signatures: true })
    expect(signer).toMatch(/^ed25519:[0-9a-f]{64}$/)
    expect(await allowed(versionOf({}, true), { signed_by: signer })).toBe(signer)
  })

  it.each<[string, PluginVersion, Partial<LockEntry>, Record<string, unknown>, string]>([
    [
      'from elsewhere',
      versionOf(),
      { repo: 'else/micro', repository_id: 8 },
      {},
      'is installed from else/micro',
    ],
    [
      'from another of its name',
      versionOf(),
      { repository_id: 8 },
      {},
      'is now a different repository',
    ],
    [
      'at a tag that moved',
      versionOf(),
      { commit: 'f'.repeat(40) },
      {},
      'v1.0.0 of micro was moved',
    ],
    [
      'unsigned, where all must be',
      versionOf(),
      {},
      { require_signatures: true },
      'is not signed,',
    ],
    ['unsigned by now', versionOf(), { signed_by: 'ed25519:x' }, {}, 'is no longer signed'],
    ['by another', versionOf({}, true), { signed_by: 'ed25519:x' }, {}, 'signed by another key'],
    [
      'for another uDOS',
      versionOf({ udos_version: '>=2' }),
      {},
      { udos_version: '1.5.0' },
      'micro needs uDOS >=2, but this is 1.5.0',
    ],
    [
      'for another machine',
      versionOf({ runtime: { platform: 'plan9' } }),
      {},
      {},
      'micro is for plan9',
    ],
  ])('but not %s', async (_when, version, known, plugins, why) => {
    await expect(allowed(version, known, plugins)).rejects.toThrow(why)
    await expect(allowed(version, known, plugins)).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
