import { afterEach, describe, expect, it } from 'vitest'
import { assetNames, name, openReleases, releasesOn, tag } from '../../support/releases.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const publish = (...args: string[]) => space.wizard('RELEASE', 'PUBLISH', 'core', ...args)

/** The keys of the contract, in order. */
const releaseKeys = [
  'id',
  'tag',
  'name',
  'url',
  'upload_url',
  'draft',
  'prerelease',
  'latest',
  'target_commit',
  'published_at',
  'assets',
]

describe('RELEASE PUBLISH', () => {
  it('builds, uploads, verifies and publishes one release', async () => {
    space = await openReleases()
    const { status, json, err } = await publish('--json')
    expect([status, err]).toEqual([0, ''])
    expect(Object.keys(json).slice(0, releaseKeys.length)).toEqual(releaseKeys)
    const [release, ...others] = releasesOn(space)
    expect(others).toEqual([])
    expect(release).toMatchObject({ tag, draft: false, prerelease: false })
    expect(assetNames(release!)).toEqual(['SHA256SUMS', 'core.iso', 'core.tcz'])
    expect(json).toMatchObject({
      tag,
      draft: false,
      latest: true,
      target_commit: await space.github.oid(name),
      assets: expect.arrayContaining([
        expect.objectContaining({ name: 'core.tcz', size: 9, status: 'uploaded' }),
      ]),
    })
    expect(await space.github.oid(name, `refs/tags/${tag}`)).toBe(await space.github.oid(name))
  })

  it('a second run says so before building, and changes nothing', { tags: ['deep'] }, async () => {
    space = await openReleases({
      release: { build: ['date +%N > built && mkdir -p dist && cp built dist/'] },
    })
    expect((await publish()).status).toBe(0)
    const before = await space.read('engine/core/built')
    const { status, out } = await publish()
    expect([status, out]).toEqual([0, expect.stringContaining('already published')])
    expect(await space.read('engine/core/built')).toBe(before)
    expect(releasesOn(space)).toHaveLength(1)
  })
})
