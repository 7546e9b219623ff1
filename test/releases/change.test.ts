import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRelease, updateRelease } from '../../src/github/rest/releases.js'
import { type DeleteRequest, deleteOne } from '../../src/releases/delete.js'
import { asPublished, type Maker, withMark } from '../../src/releases/drafts/mark.js'
import { newOwner } from '../../src/releases/drafts/owner.js'
import { edit } from '../../src/releases/edit.js'
import { publishPlain, sendArtifacts } from '../../src/releases/library-api.js'
import type { ReleaseEvent, ReleaseSession } from '../../src/releases/session.js'
import { upload } from '../../src/releases/upload.js'
import { temporaryFolder } from '../git/support/real-git.js'
import { type OpenedSession, sessionIn } from '../support/session.js'
import { releaseSession } from './support.js'

const name = 'uDOS/engine'
const subject = { owner: 'uDOS', repo: 'engine', component: null }
const named = 'v1.0.0'
const maker: Maker = { verb: 'create', subject }

let folder: string
let github: LocalGitHub
let opened: OpenedSession<ReleaseEvent>
let session: ReleaseSession
beforeEach(async () => {
  folder = temporaryFolder()
  github = await startLocalGitHub()
  await github.addRepository(name)
  opened = await sessionIn<ReleaseEvent>(folder, github)
  session = releaseSession(opened.session)
})
afterEach(() => github.close())

const make = (options: Parameters<typeof createRelease>[4] = {}) =>
  createRelease(session.github, 'uDOS', 'engine', named, options)
const releases = () => github.world.require(name).releases
const assets = () => releases()[0]?.assets.map(({ name, id, state }) => ({ name, id, state }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** A draft that a run of another machine fills. */
const makeLive = () => {
  const owner = { ...newOwner(session), host: 'host-b', boot: 'other' }
  return make({ draft: true, body: withMark('notes', maker, named, owner) })
}

describe('upload', () => {
  const send = (text: string, clobber = false) =>
    upload(session, { subject, named, files: [file('a', text)], clobber })

  it('adds, keeps the same, and replaces on a draft where that is said', async () => {
    await make({ draft: true })
    expect((await send('one')).assets).toMatchObject([{ name: 'a', status: 'uploaded' }])
    expect((await send('one')).assets).toMatchObject([{ status: 'unchanged' }])
    await expect(send('other')).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringMatching(/clobber/),
    })
    expect((await send('other', true)).assets).toMatchObject([{ status: 'replaced' }])
  })

  it('never replaces on a published release, nor on one that is published meanwhile', async () => {
    const { id } = await make({ draft: true })
    await send('one')
    const before = assets()
    const meanwhile = () =>
      updateRelease(session.github, 'uDOS', 'engine', id, { draft: false }).then(() => {})
    github.fail({ method: 'GET', path: /\/releases\/\d+$/, times: 1, meanwhile })
    for (const message of [
      /published v1\.0\.0 in the meantime/,
      /already has a, with other bytes/,
    ]) {
      await expect(send('other', true)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(message),
      })
    }
    expect(assets()).toEqual(before)
  })

  it('never replaces what another command uploads meanwhile', async () => {
    await make()
    mkdirSync(join(folder, 'other'))
    const first = { path: file('other/a', 'first') }
    const url = `${github.uploadUrl}/repos/${name}/releases/${releases()[0]?.id}/assets`
    const meanwhile = () => sendArtifacts(session, url, [first], {}).then(() => {})
    github.fail({ origin: 'upload', times: 1, meanwhile })
    await expect(send('second')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'somebody uploaded other bytes as a in the meantime',
    })
    expect(assets()).toMatchObject([{ name: 'a', state: 'uploaded' }])
    expect(github.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
  })

  it('leaves a draft to the run that fills it', async () => {
    await makeLive()
    await expect(send('one', true)).rejects.toMatchObject({ code: 'LOCKED' })
    expect(assets()).toEqual([])
  })
})

describe('a published release that is made a draft again', () => {
  const published = async () => {
    const { id } = await make({ draft: true, body: withMark('notes', maker, named) })
    await publishPlain(session, subject, id)
  }

  it('is left as it is where that is not confirmed', async () => {
    await published()
    const before = structuredClone(releases())
    const change = { subject, named, draft: true, title: 'Oops' }
    const left = await edit(session, { ...change, confirm: async () => false })
    expect([left.draft, releases()]).toEqual([false, before])
  })

  it('says in its mark that it was published, also under other notes', async () => {
    await published()
    await edit(session, { subject, named, draft: true, notes: 'other' })
    const body = asPublished(withMark('notes', maker, named)).replace('notes', 'other')
    expect(releases()).toMatchObject([{ draft: true, body }])
  })

  it('says so where an earlier wizard had published it', async () => {
    await make({ body: withMark('notes', maker, named) })
    await edit(session, { subject, named, draft: true })
    const body = asPublished(withMark('notes', maker, named))
    expect(releases()).toMatchObject([{ draft: true, body }])
  })

  it('needs no confirmation for a draft', async () => {
    await make({ draft: true })
    const confirm = () => expect.fail('it is a draft already')
    await edit(session, { subject, named, draft: true, title: 'One', confirm })
    expect(releases()).toMatchObject([{ draft: true, name: 'One' }])
  })
})

describe('publishing by hand', () => {
  it('takes the mark of a run that has ended off the page', async () => {
    const { id } = await make({ draft: true, body: withMark('notes', maker, named) })
    await edit(session, { subject, named, draft: false })
    expect(releases()).toMatchObject([{ id, draft: false, body: 'notes' }])
  })

  it('leaves a draft to the run that fills it, but lets a person write', async () => {
    const { id } = await makeLive()
    const locked = { code: 'LOCKED', message: expect.stringMatching(/on host-b/) }
    await expect(edit(session, { subject, named, draft: false })).rejects.toMatchObject(locked)
    await expect(publishPlain(session, subject, id)).rejects.toMatchObject(locked)
    await edit(session, { subject, named, title: 'Mine' })
    expect(releases()).toMatchObject([{ draft: true, name: 'Mine' }])
  })

  it('publishes a plain draft with the right latest, and once', async () => {
    await createRelease(session.github, 'uDOS', 'engine', 'v2.0.0')
    const { id } = await make({ draft: true })
    expect(await publishPlain(session, subject, id)).toMatchObject({ draft: false, latest: false })
    const sent = github.requests.length
    expect(await publishPlain(session, subject, id)).toMatchObject({ draft: false })
    expect(github.requests.slice(sent).map(({ method }) => method)).not.toContain('PATCH')
  })
})

describe('deleteOne', () => {
  const remove = (more: Partial<DeleteRequest> = {}) =>
    deleteOne(session, { subject, named, cleanupTag: true, confirm: async () => true, ...more })

  it('shows what goes, and does nothing where nobody agrees', async () => {
    await make()
    const plans: unknown[] = []
    const confirm = async (plan: unknown) => {
      plans.push(plan)
      return false
    }
    expect(await remove({ confirm })).toMatchObject({ tag: named, deleted: false })
    expect(plans).toMatchObject([{ tag: named, withTag: true, release: { latest: true } }])
    expect(releases()).toHaveLength(1)
  })

  it('deletes the release, then its tag, and goes on where it was stopped', async () => {
    await make()
    const broken = github.fail({ method: 'DELETE', path: /git\/refs/, status: 403, body: {} })
    await expect(remove()).rejects.toMatchObject({
      code: 'GITHUB_AUTH',
      hint: expect.stringMatching(/the release was deleted, but not its tag v1\.0\.0:/),
    })
    broken.remove()
    expect(await remove()).toMatchObject({ release: null, deleted: true })
    await expect(github.oid(name, 'refs/tags/v1.0.0')).rejects.toThrow()
    await expect(remove()).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
    expect(opened.lines.join('\n')).toMatch(/v1\.0\.0 deleted \(with its tag\)/)
  })

  it('keeps the tag unless it is named, and knows no other release', async () => {
    await make()
    await remove({ cleanupTag: false })
    expect(await github.oid(name, 'refs/tags/v1.0.0')).toMatch(/^[0-9a-f]{40}$/)
    await expect(remove({ cleanupTag: false })).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
  })
})
