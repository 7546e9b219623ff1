import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRelease } from '../../src/github/rest/releases.js'
import type { ReleaseEvent, ReleaseSession } from '../../src/releases/session.js'
import { componentStatusOf } from '../../src/releases/status.js'
import { temporaryFolder } from '../git/support/real-git.js'
import { sessionIn } from '../support/session.js'
import { type ComponentChange, componentOf, releaseSession } from './support.js'

const name = 'uDOS/engine'
let github: LocalGitHub
let session: ReleaseSession
beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository(name, { files: { 'core/version.json': '{"version":"1.2.0"}' } })
  const opened = await sessionIn<ReleaseEvent>(temporaryFolder(), github)
  session = releaseSession(opened.session)
})
afterEach(() => github.close())

const statusOf = async (...changes: ComponentChange[]) =>
  componentStatusOf(session, { components: changes.map((change) => componentOf(change)) })

const one = async (change: ComponentChange = {}) => (await statusOf(change))[0]
const release = (tag: string, draft = false) =>
  createRelease(session.github, 'uDOS', 'engine', tag, { draft })
const push = (files: Record<string, string>) => github.commit(name, { files, message: 'Change' })

describe('componentStatusOf', () => {
  it('is ready before the first release', async () => {
    expect(await one()).toEqual({
      component: 'core',
      repo: name,
      state: 'ready',
      tag: null,
      version: null,
      published_at: null,
      next_version: '1.2.0',
      unreleased: 1,
      draft_url: null,
      error: null,
    })
  })

  it('is released, then unreleased, then ready again', { tags: ['deep'] }, async () => {
    const { published_at } = await release('core-v1.2.0')
    expect(await one()).toMatchObject({
      ...{ state: 'released', tag: 'core-v1.2.0', version: '1.2.0', unreleased: 0, published_at },
    })
    await push({ 'elsewhere.txt': 'x' })
    expect(await one()).toMatchObject({ state: 'released', unreleased: 0 })
    await push({ 'core/main.txt': 'x' })
    expect(await one()).toMatchObject({ state: 'unreleased', unreleased: 1 })
    await push({ 'core/version.json': '{"version":"1.3.0"}' })
    expect(await one()).toMatchObject({ state: 'ready', next_version: '1.3.0', unreleased: 2 })
  })

  it('names the draft of the next version alone', { tags: ['deep'] }, async () => {
    await release('core-v1.1.0', true)
    expect((await one())?.draft_url).toBeNull()
    const { url } = await release('core-v1.2.0', true)
    expect((await one())?.draft_url).toBe(url)
  })

  it('knows a tag without a release, and a component without version_file', async () => {
    await github.tag(name, 'core-v9.0.0')
    expect(await one({ versionFile: null })).toMatchObject({
      ...{ state: 'released', tag: 'core-v9.0.0', published_at: null, next_version: null },
    })
  })

  it('says of each component by itself what can not be known', async () => {
    const states = await statusOf({ repo: 'none' }, {}, { versionFile: 'none.json' })
    expect(states.map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'GITHUB_NOT_FOUND'],
      ['ready', undefined],
      ['failed', 'GITHUB_NOT_FOUND'],
    ])
    await push({ 'core/version.json': 'no version' })
    expect(await one()).toMatchObject({ state: 'failed', error: { code: 'CONFIG' } })
  })

  it('ends with the command', async () => {
    const signal = AbortSignal.abort(new Error('stopped'))
    const stopped = { ...session, signal, github: session.farewell(signal) }
    const status = componentStatusOf(stopped, { components: [componentOf()] })
    await expect(status).rejects.toThrow('stopped')
  })
})
