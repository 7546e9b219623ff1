import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRelease, listReleases, updateRelease } from '../../../src/github/rest/releases.js'
import { type DraftRequest, ownDraft } from '../../../src/releases/drafts/draft.js'
import { isMarked, type Maker, withMark, withoutMark } from '../../../src/releases/drafts/mark.js'
import type { ReleaseSession } from '../../../src/releases/session.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import { sessionIn } from '../../support/session.js'
import { subjectOf } from '../support.js'

const maker: Maker = { verb: 'publish', subject: subjectOf() }
const tag = 'core-v1.2.0'
const request: DraftRequest = {
  ...{ maker, tag, name: 'Core 1.2.0', notes: 'new', isGiven: false },
  ...{ target: undefined, prerelease: false },
}

let github: LocalGitHub
let session: ReleaseSession
let warnings: () => string[]
let seconds: () => number
beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/engine')
  const opened = await sessionIn(temporaryFolder(), github)
  session = { ...opened.session, github: opened.session.client } as unknown as ReleaseSession
  warnings = opened.warnings
  seconds = opened.clock.seconds
})
afterEach(() => github.close())

const all = () => listReleases(session.github, 'uDOS', 'engine')
const made = (body = withMark('old', maker, tag)) =>
  createRelease(session.github, 'uDOS', 'engine', tag, { name: 'Mine', body, draft: true })

describe('ownDraft', () => {
  it('makes one, with our mark', async () => {
    const { draft, body, name } = await ownDraft(session, request, [])
    expect([draft, name, withoutMark(body)]).toEqual([true, 'Core 1.2.0', 'new'])
    expect(isMarked(body, maker, tag)).toBe(true)
    expect(await all()).toHaveLength(1)
  })

  it('makes only one, though the answer is lost', async () => {
    github.fail({ method: 'POST', path: /\/releases$/, dropAnswer: true, times: 1 })
    const draft = await ownDraft(session, request, [])
    expect((await all()).map(({ id }) => id)).toEqual([draft.id])
    expect(seconds()).toBe(2)
    // A second draft would have been deleted with a warning.
    expect(warnings()).toEqual([])
  })

  it('gives up after three tries, and longer pauses', async () => {
    github.fail({ method: 'POST', path: /\/releases$/, status: 502, body: {} })
    await expect(ownDraft(session, request, [])).rejects.toMatchObject({ code: 'GITHUB_NETWORK' })
    expect(seconds()).toBe(2 + 4 + 6)
  })

  it('goes on with the first one, and deletes the others', async () => {
    const [first, second] = [await made(), await made()]
    expect((await ownDraft(session, request, [first, second])).id).toBe(first.id)
    expect((await all()).map(({ id }) => id)).toEqual([first.id])
    expect(warnings()).toEqual([`${tag} has a second draft of ours (${second.id}): it is deleted`])
  })

  it('keeps its title, and notes that somebody edited, unless others are given', async () => {
    const edited = await made(withMark('old', maker, tag).replace('old', 'edited'))
    const kept = await ownDraft(session, request, [edited])
    expect([kept.name, withoutMark(kept.body)]).toEqual(['Mine', 'edited'])
    expect(warnings()).toEqual(["the draft's notes were edited: they stay"])
    const given = await ownDraft(session, { ...request, isGiven: true }, [edited])
    expect(withoutMark(given.body)).toBe('new')
  })

  it('says that somebody published it meanwhile', async () => {
    const draft = await made()
    await updateRelease(session.github, 'uDOS', 'engine', draft.id, { draft: false })
    await expect(ownDraft(session, request, [draft])).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`somebody published the draft of ${tag} meanwhile`),
    })
  })
})
