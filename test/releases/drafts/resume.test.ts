import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRelease, listReleases, updateRelease } from '../../../src/github/rest/releases.js'
import { claimDraft, type DraftRequest, removeIdle } from '../../../src/releases/drafts/draft.js'
import {
  asPublished,
  isMarked,
  type Maker,
  ownerIn,
  withMark,
  withoutMark,
} from '../../../src/releases/drafts/mark.js'
import { type DraftOwner, newOwner } from '../../../src/releases/drafts/owner.js'
import type { ReleaseEvent, ReleaseSession } from '../../../src/releases/session.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import type { TestClock } from '../../support/clock.js'
import { sessionIn } from '../../support/session.js'
import { releaseSession, subjectOf } from '../support.js'

const maker: Maker = { verb: 'publish', subject: subjectOf() }
const tag = 'core-v1.2.0'
const request: DraftRequest = {
  ...{ maker, tag, name: 'Core 1.2.0', notes: 'new', isGiven: false },
  ...{ target: undefined, prerelease: false },
}

let github: LocalGitHub
let session: ReleaseSession
let warnings: () => string[]
let clock: TestClock
beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/engine')
  const opened = await sessionIn<ReleaseEvent>(temporaryFolder(), github)
  session = releaseSession(opened.session)
  warnings = opened.warnings
  clock = opened.clock
})
afterEach(() => github.close())

const all = () => listReleases(session.github, 'uDOS', 'engine')
const made = (body = withMark('old', maker, tag)) =>
  createRelease(session.github, 'uDOS', 'engine', tag, { name: 'Mine', body, draft: true })

/** A run of another machine. */
const stranger = (more: Partial<DraftOwner> = {}): DraftOwner => ({
  ...newOwner(session),
  ...{ host: 'host-b', boot: 'other', pid: 4711 },
  ...more,
})

async function claimed(more: Partial<DraftRequest> = {}) {
  const claim = await claimDraft(session, { ...request, ...more })
  if (!('held' in claim)) throw new Error(`${claim.published.id} is published`)
  return claim.held.release
}

describe('claimDraft', () => {
  it('takes up no draft that was published, and makes none beside it', async () => {
    await made(asPublished(withMark('old', maker, tag)))
    await expect(claimed()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(
        /^core-v1\.2\.0 was published, and then turned back into a draft/,
      ),
    })
    expect(await all()).toHaveLength(1)
  })

  it('makes one, with our mark and our name', async () => {
    const { draft, body, name } = await claimed()
    expect([draft, name, withoutMark(body)]).toEqual([true, 'Core 1.2.0', 'new'])
    expect(isMarked(body, maker, tag)).toBe(true)
    expect(ownerIn(body)).toMatchObject({ ...session.self, at: clock.now() })
    expect(await all()).toHaveLength(1)
  })

  it('makes only one, though the answer is lost', async () => {
    github.fail({ method: 'POST', path: /\/releases$/, dropAnswer: true, times: 1 })
    const draft = await claimed()
    expect((await all()).map(({ id }) => id)).toEqual([draft.id])
    expect(clock.seconds()).toBe(2)
    // A second draft would have been deleted with a warning.
    expect(warnings()).toEqual([])
  })

  it('gives up after three tries, and longer pauses', async () => {
    github.fail({ method: 'POST', path: /\/releases$/, status: 502, body: {} })
    await expect(claimed()).rejects.toMatchObject({ code: 'GITHUB_NETWORK' })
    expect(clock.seconds()).toBe(2 + 4 + 6)
  })

  it('goes on with the first one, and deletes the others', async () => {
    const [first, second] = [await made(), await made()]
    expect((await claimed()).id).toBe(first.id)
    expect((await all()).map(({ id }) => id)).toEqual([first.id])
    expect(warnings()).toEqual([`deleting another draft of ours for ${tag} (${second.id})`])
  })

  it('keeps its title, and notes that somebody edited, unless others are given', async () => {
    const edited = withMark('old', maker, tag).replace('old', 'edited')
    await made(edited)
    const kept = await claimed()
    expect([kept.name, withoutMark(kept.body)]).toEqual(['Mine', 'edited'])
    expect(warnings()).toEqual(["the draft's notes were edited, so they stay"])
    github.world.require('uDOS/engine').releases.length = 0
    await made(edited)
    expect(withoutMark((await claimed({ isGiven: true })).body)).toBe('new')
  })

  it('finds that somebody published it meanwhile, and leaves its text as it was', async () => {
    const draft = await made()
    const publish = () =>
      updateRelease(session.github, 'uDOS', 'engine', draft.id, { draft: false }).then(() => {})
    github.fail({ method: 'PATCH', times: 1, meanwhile: publish })
    const body = asPublished(draft.body)
    const published = { id: draft.id, draft: false, body }
    expect(await claimDraft(session, request)).toMatchObject({ published })
    expect((await all())[0]?.body).toBe(body)
  })

  it('gives way to a run that takes the same draft at once, and writes last', async () => {
    const draft = await made()
    const other = withMark('other', maker, tag, stranger())
    clock.at(1, () => updateRelease(session.github, 'uDOS', 'engine', draft.id, { body: other }))
    await expect(claimed()).rejects.toMatchObject({ code: 'LOCKED' })
    expect((await all()).map(({ body }) => body)).toEqual([other])
  })

  it('finds the release that another run has published', async () => {
    const { id } = await createRelease(session.github, 'uDOS', 'engine', tag)
    expect(await claimDraft(session, request)).toMatchObject({ published: { id } })
    expect(await all()).toHaveLength(1)
  })
})

describe('claimDraft, of a draft that another run fills,', () => {
  it('changes nothing, and names who has it', async () => {
    const { body } = await made(withMark('old', maker, tag, stranger()))
    await expect(claimed()).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringMatching(/process 4711 on host-b, last seen at 2026-01-14T12:00/),
    })
    expect((await all()).map((one) => one.body)).toEqual([body])
  })

  it('makes a successor after ten minutes of silence, with what a person wrote', async () => {
    const body = withMark('old', maker, tag, stranger()).replace('old', 'edited')
    const dead = await made(body)
    await clock.pass(10 * 60_000)
    await expect(claimed()).rejects.toMatchObject({ code: 'LOCKED' })
    await clock.pass(1)
    const { id, name, body: now } = await claimed()
    expect([id === dead.id, name, withoutMark(now)]).toEqual([false, 'Mine', 'edited'])
    // The dead one's text was edited, so it is not deleted.
    expect((await all()).map((one) => one.id)).toEqual([id, dead.id])
    expect(warnings().at(-1)).toMatch(/keeping another draft .*, because somebody edited its notes/)
  })

  it('deletes a silent one that nobody edited', async () => {
    const dead = await made(withMark('old', maker, tag, stranger()))
    await clock.pass(10 * 60_000 + 1)
    const { id } = await claimed()
    expect(id).not.toBe(dead.id)
    expect((await all()).map((one) => one.id)).toEqual([id])
  })

  it('goes on with it at once where the run was of this machine, and has ended', async () => {
    const ended = { ...newOwner(session), started: '1' }
    const { id } = await made(withMark('old', maker, tag, ended))
    expect((await claimed()).id).toBe(id)
  })

  it('gives way to an older one that appears meanwhile, and removes its own', async () => {
    const older = withMark('old', maker, tag, stranger())
    github.fail({ method: 'POST', path: /\/releases$/, times: 1, meanwhile: () => made(older) })
    await expect(claimed()).rejects.toMatchObject({ code: 'LOCKED' })
    expect((await all()).map(({ body }) => body)).toEqual([older])
  })
})

describe('removeIdle', () => {
  it('deletes what no run works on, and what nobody wrote', async () => {
    const [idle, live, edited] = [
      await made(),
      await made(withMark('old', maker, tag, stranger())),
      await made(withMark('old', maker, tag).replace('old', 'edited')),
    ]
    await removeIdle(session, { maker, tag }, [idle, live, edited])
    expect((await all()).map(({ id }) => id)).toEqual([edited.id, live.id])
    await removeIdle(session, { maker, tag }, [idle])
    expect(warnings()).toHaveLength(2)
  })

  it('leaves one that was published meanwhile', async () => {
    const draft = await made()
    await updateRelease(session.github, 'uDOS', 'engine', draft.id, { draft: false })
    await removeIdle(session, { maker, tag }, [draft])
    expect(await all()).toHaveLength(1)
  })
})
