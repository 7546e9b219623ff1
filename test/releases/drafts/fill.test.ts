import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Asset, type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRelease, updateRelease } from '../../../src/github/rest/releases.js'
import { type LocalAsset, localAssets } from '../../../src/releases/assets/local.js'
import { type HeldDraft, holdDraft } from '../../../src/releases/drafts/held.js'
import { withMark } from '../../../src/releases/drafts/mark.js'
import { type DraftOwner, newOwner } from '../../../src/releases/drafts/owner.js'
import { fillDraft } from '../../../src/releases/drafts/publish.js'
import type { ReleaseEvent, ReleaseSession } from '../../../src/releases/session.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import { type OpenedSession, sessionIn } from '../../support/session.js'
import { releaseSession, subjectOf } from '../support.js'

const tag = 'core-v1.2.0'
let folder: string
let github: LocalGitHub
let opened: OpenedSession<ReleaseEvent>
let session: ReleaseSession
let owner: DraftOwner
let held: HeldDraft
beforeEach(async () => {
  folder = temporaryFolder()
  github = await startLocalGitHub()
  await github.addRepository('uDOS/engine')
  opened = await sessionIn<ReleaseEvent>(folder, github)
  session = releaseSession(opened.session)
  owner = newOwner(session)
  const body = withMark('', { verb: 'publish', subject: subjectOf() }, tag, owner)
  const draft = await createRelease(session.github, 'uDOS', 'engine', tag, { body, draft: true })
  held = holdDraft(session, { owner: 'uDOS', repo: 'engine' }, draft, owner)
})
afterEach(() => github.close())

const release = () => github.world.require('uDOS/engine').releases[0]!
const ids = () => new Map(release().assets.map(({ name, id }) => [name, id]))

function files(contents: Record<string, string>): Promise<LocalAsset[]> {
  const paths = Object.entries(contents).map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return { path }
  })
  return localAssets(paths)
}

const fill = async (contents: Record<string, string>) => {
  const statuses = await fillDraft(session, held, await files(contents))
  return Object.fromEntries(statuses)
}

/** Changes the asset as if it had been uploaded otherwise. */
const change = (name: string, change: Partial<Asset>) =>
  Object.assign(release().assets.find((one) => one.name === name)!, change)

describe('fillDraft', () => {
  it('uploads, keeps what is the same, and replaces what is not', async () => {
    expect(await fill({ a: 'one', b: 'two' })).toEqual({ a: 'uploaded', b: 'uploaded' })
    const before = ids()
    expect(await fill({ a: 'one', b: 'other', c: 'new' })).toEqual({
      ...{ a: 'unchanged', b: 'replaced', c: 'uploaded' },
    })
    expect(ids().get('a')).toBe(before.get('a'))
    expect(ids().get('b')).not.toBe(before.get('b'))
    expect(opened.warnings()).toEqual([])
  })

  it('has nothing to do without files', async () => {
    expect(await fill({})).toEqual({})
    expect(release().assets).toEqual([])
  })

  it('sends the rest of a broken upload anew', async () => {
    await fill({ a: 'one' })
    change('a', { state: 'starter', size: 0 })
    expect(await fill({ a: 'one' })).toEqual({ a: 'uploaded' })
    expect(release().assets).toMatchObject([{ name: 'a', state: 'uploaded', size: 3 }])
  })

  it('deletes assets of an earlier build, and says so of whole ones', async () => {
    await fill({ old: 'one', broken: 'two', a: 'three' })
    change('broken', { state: 'starter' })
    await fill({ a: 'three' })
    expect([...ids().keys()]).toEqual(['a'])
    expect(opened.warnings()).toEqual(['old is no longer an artifact: deleting it from the draft'])
  })

  it('touches nothing where somebody else put an asset into the draft', async () => {
    await fill({ old: 'one', theirs: 'two' })
    github.addUser('somebody')
    change('theirs', { uploader: github.world.account('somebody')! })
    const before = ids()
    await expect(fill({ a: 'new' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'somebody else added assets to the draft: theirs (somebody)',
      hint: expect.stringMatching(/the draft stays unpublished/),
    })
    expect(ids()).toEqual(before)
  })

  it('names every asset that is not what was read', async () => {
    const looks = { method: 'GET', path: /\/assets/, skip: 2, times: 1 }
    const meanwhile = () => change('a', { digest: `sha256:${'0'.repeat(64)}` })
    github.fail({ ...looks, meanwhile })
    await expect(fill({ a: 'one', b: 'two' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/differ from the files on disk: a has other bytes$/),
    })
  })
})

describe('fillDraft deletes nothing', () => {
  const published = () =>
    updateRelease(session.github, 'uDOS', 'engine', held.release.id, { draft: false })
  const taken = () => {
    const other = { ...owner, run: 'other', host: 'host-b' }
    release().body = withMark('', { verb: 'publish', subject: subjectOf() }, tag, other)
  }

  it.each<[string, () => unknown, Record<string, string>, string]>([
    ['to replace it, once it is published', published, { a: 'other' }, 'CONFLICT'],
    ['of an earlier build, once it is published', published, { b: 'new' }, 'CONFLICT'],
    ['to replace it, once another run has it', taken, { a: 'other' }, 'LOCKED'],
    ['of an earlier build, once another run has it', taken, { b: 'new' }, 'LOCKED'],
  ])('%s', async (_name, meanwhile, contents, code) => {
    await fill({ a: 'one' })
    const before = ids()
    // Between the listing of the assets and the deletion.
    github.fail({ method: 'GET', path: /\/releases\/\d+$/, times: 1, meanwhile })
    await expect(fill(contents)).rejects.toMatchObject({ code })
    expect(ids()).toEqual(before)
    expect(github.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
  })
})
