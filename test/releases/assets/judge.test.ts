import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../../src/base/errors.js'
import type { ReleaseAsset } from '../../../src/github/rest/release-assets.js'
import {
  assertNoReplacement,
  hasBytes,
  type Judgement,
  judge,
} from '../../../src/releases/assets/compare.js'
import type { LocalAsset } from '../../../src/releases/assets/local.js'
import { assetOf } from '../support.js'

const [same, other] = ['a'.repeat(64), 'b'.repeat(64)]

const localOf = (name = 'core.tcz'): LocalAsset => ({
  name,
  path: `/srv/dist/${name}`,
  size: 3,
  contentType: 'application/octet-stream',
  sha256: async () => same,
  confirm: async () => true,
  isUnchanged: async () => true,
})

/** The bytes of an asset, for a server without digests. */
const counted = (digest: string) => async () => `sha256:${digest}`
const notCounted = () => Promise.reject(new Error('nobody needs to count it'))

type Rule = [string, Partial<ReleaseAsset>, () => Promise<string>, boolean]
const rules: Rule[] = [
  ['the same digest', { digest: `sha256:${same}` }, notCounted, true],
  ['the same in capitals', { digest: `SHA256:${same.toUpperCase()}` }, notCounted, true],
  ['another digest', { digest: `sha256:${other}` }, notCounted, false],
  ['another size', { size: 4 }, notCounted, false],
  [
    'another size, though the digest is the same',
    { size: 4, digest: `sha256:${same}` },
    notCounted,
    false,
  ],
  ['no digest, and the same bytes', {}, counted(same), true],
  ['no digest, and other bytes', {}, counted(other), false],
  ['what an upload left', { state: 'starter', digest: `sha256:${same}` }, notCounted, false],
]

describe('hasBytes', () => {
  it.each(rules)('%s', async (_name, asset, digestOf, expected) => {
    expect(await hasBytes(localOf(), assetOf('core.tcz', asset), digestOf)).toBe(expected)
  })
})

describe('judge', () => {
  it('sends what is not there', async () => {
    const judgement = await judge(localOf(), undefined, notCounted)
    expect(judgement).toEqual({ kind: 'send', old: null, replaces: false })
  })

  it('replaces nothing where an upload broke off', async () => {
    const old = assetOf('core.tcz', { state: 'starter' })
    expect(await judge(localOf(), old, notCounted)).toEqual({ kind: 'send', old, replaces: false })
  })

  it.each(rules.filter(([, { state }]) => state === undefined))(
    '%s',
    async (_name, more, digestOf, isSame) => {
      const old = assetOf('core.tcz', more)
      const expected = isSame ? { kind: 'same', asset: old } : { kind: 'send', old, replaces: true }
      expect(await judge(localOf(), old, digestOf)).toEqual(expected)
    },
  )
})

describe('assertNoReplacement', () => {
  const replaced: Judgement = { kind: 'send', old: assetOf('x'), replaces: true }
  const sent: Judgement = { kind: 'send', old: null, replaces: false }
  const kept: Judgement = { kind: 'same', asset: assetOf('x') }
  const check = (...judged: [string, Judgement][]) =>
    assertNoReplacement(
      judged.map(([name, judgement]) => ({ local: localOf(name), judgement })),
      'v1.2.0',
      'give --clobber',
    )

  it('takes what is new, and what is there', () => {
    expect(() => check(['a', sent], ['b', kept])).not.toThrow()
  })

  it('names all that would be replaced, and how', () => {
    expect(() => check(['a', replaced], ['b', sent], ['c', replaced])).toThrow(
      new ConflictError('v1.2.0 already has a, c, with other bytes', { hint: 'give --clobber' }),
    )
    const many = [...'abcdefg'].map((name): [string, Judgement] => [name, replaced])
    expect(() => check(...many)).toThrow('v1.2.0 already has a, b, c, d, e …')
  })
})
