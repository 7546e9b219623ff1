import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRelease, listReleases, updateRelease } from '../../../src/github/rest/releases.js'
import {
  type HeldDraft,
  holdDraft,
  letGo,
  removeHeld,
  whileHeld,
} from '../../../src/releases/drafts/held.js'
import {
  asPublished,
  type Maker,
  ownerIn,
  withMark,
  withOwner,
} from '../../../src/releases/drafts/mark.js'
import { type DraftOwner, newOwner } from '../../../src/releases/drafts/owner.js'
import { publishDraft, publishHeld } from '../../../src/releases/drafts/publish.js'
import type { ReleaseEvent, ReleaseSession } from '../../../src/releases/session.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import type { TestClock } from '../../support/clock.js'
import { sessionIn } from '../../support/session.js'
import { reached } from '../../support/workspace.js'
import { releaseSession, subjectOf } from '../support.js'

const maker: Maker = { verb: 'publish', subject: subjectOf() }
const repository = { owner: 'uDOS', repo: 'engine' }
const tag = 'core-v1.2.0'

let github: LocalGitHub
let session: ReleaseSession
let clock: TestClock
let owner: DraftOwner
let held: HeldDraft
beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/engine')
  const opened = await sessionIn<ReleaseEvent>(temporaryFolder(), github)
  session = releaseSession(opened.session)
  clock = opened.clock
  owner = newOwner(session)
  const body = withMark('notes', maker, tag, owner)
  const draft = await createRelease(session.github, 'uDOS', 'engine', tag, { body, draft: true })
  held = holdDraft(session, repository, draft, owner)
})
afterEach(() => github.close())

const all = () => listReleases(session.github, 'uDOS', 'engine')
const now = async () => (await all()).find(({ id }) => id === held.release.id)
const edit = (change: Parameters<typeof updateRelease>[4]) =>
  updateRelease(session.github, 'uDOS', 'engine', held.release.id, change)

describe('a held draft', () => {
  it('is looked at, as it is now', async () => {
    await edit({ name: 'Another' })
    expect(await held.look()).toMatchObject({ draft: true, name: 'Another' })
  })

  it.each<[string, () => unknown, object]>([
    [
      'published',
      () => edit({ draft: false }),
      { code: 'CONFLICT', message: expect.stringMatching(/somebody published the draft/) },
    ],
    [
      'deleted',
      () => removeHeld(session, held),
      { code: 'CONFLICT', message: expect.stringMatching(/somebody deleted the draft/) },
    ],
    [
      'taken by another run',
      () => edit({ body: withMark('', maker, tag, { ...owner, run: 'other', host: 'host-b' }) }),
      { code: 'LOCKED', message: expect.stringMatching(/on host-b/) },
    ],
    [
      'edited with its mark',
      () => edit({ body: 'mine' }),
      { code: 'CONFLICT', message: expect.stringMatching(/removed wizard's mark/) },
    ],
  ])('is not ours any more once it is %s', async (_name, change, error) => {
    await change()
    await expect(held.look()).rejects.toMatchObject(error)
    await expect(removeHeld(session, held)).rejects.toMatchObject(error)
  })

  it('gives a sign of life every two minutes, and keeps what a person wrote', async () => {
    const signs: (number | undefined)[] = []
    await whileHeld(session, held, async () => {
      await edit({ body: held.release.body.replace('notes', 'edited') })
      for (let minute = 1; minute <= 5; minute++) {
        await clock.pass(60_000)
        signs.push(ownerIn((await now())?.body ?? '')?.at)
      }
    })
    const at = (minutes: number) => owner.at + minutes * 60_000
    expect(signs).toEqual([at(0), at(2), at(2), at(4), at(4)])
    expect((await now())?.body).toMatch(/^edited/)
    expect(clock.limits()).toEqual([])
  })

  it('goes on giving signs after one that failed', async () => {
    github.fail({ method: 'PATCH', times: 1, status: 502, body: {} })
    await whileHeld(session, held, () => clock.pass(4 * 60_000))
    expect(ownerIn((await now())?.body ?? '')?.at).toBe(owner.at + 4 * 60_000)
  })

  it('gives no sign of life any more once it is published', async () => {
    const sign = github.fail({ method: 'PATCH', times: 1, delay: 'forever' })
    const published = await whileHeld(session, held, async (own) => {
      const passing = clock.pass(2 * 60_000)
      await reached(sign)
      const quieten = () => {
        const quiet = own.quieten()
        sign.remove()
        return quiet
      }
      const release = await publishHeld(session, { ...own, quieten }, { latest: 'true' })
      sign.remove()
      await passing
      return release
    })
    await clock.pass(10 * 60_000)
    expect(published).toMatchObject({ draft: false })
    expect(ownerIn((await now())?.body ?? '')).toBeNull()
    const patches = github.requests.filter(({ method }) => method === 'PATCH')
    expect(patches.map(({ body }) => /"draft":false/.test(body))).toEqual([false, true])
  })

  it('is let go after a failure, for any machine to go on with', async () => {
    const failing = whileHeld(session, held, async () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await now()).toMatchObject({ draft: true, body: withMark('notes', maker, tag) })
    expect(clock.limits()).toEqual([])
  })

  it('is let go after Ctrl-C too', async () => {
    const stop = new AbortController()
    const stopped = { ...session, signal: stop.signal, github: session.farewell(stop.signal) }
    const failing = whileHeld(stopped, holdDraft(stopped, repository, held.release, owner), () => {
      stop.abort(new Error('interrupted'))
      return listReleases(stopped.github, 'uDOS', 'engine')
    })
    await expect(failing).rejects.toThrow('interrupted')
    expect(ownerIn((await now())?.body ?? '')).toBeNull()
  })

  it('is let go without a word where another run has it', async () => {
    const body = withMark('', maker, tag, { ...owner, run: 'other' })
    await edit({ body })
    await expect(letGo(session, held)).rejects.toMatchObject({ code: 'LOCKED' })
    expect((await now())?.body).toBe(body)
  })
})

describe('publishHeld', () => {
  it('publishes, and names nobody any more', async () => {
    const published = await publishHeld(session, held, { latest: 'true' })
    const body = asPublished(withMark('notes', maker, tag))
    expect(published).toMatchObject({ draft: false, body })
  })

  it('publishes once though the answer is lost', async () => {
    const lost = github.fail({ method: 'PATCH', times: 1, dropAnswer: true })
    expect(await publishHeld(session, held, { latest: 'true' })).toMatchObject({ draft: false })
    expect([lost.hits, await all()]).toEqual([1, [expect.objectContaining({ draft: false })]])
  })

  it('tries three times, and says what is left', async () => {
    github.fail({ method: 'PATCH', status: 502, body: {} })
    await expect(publishHeld(session, held, { latest: 'true' })).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
      hint: expect.stringMatching(/the draft stays/),
    })
    expect(clock.seconds()).toBe(2 + 4)
  })

  it('says that it may be published where nobody answers any more', async () => {
    github.fail({ method: 'PATCH', status: 502, body: {} })
    github.fail({ method: 'GET', skip: 1, path: /releases\/\d+$/, status: 502, body: {} })
    await expect(publishHeld(session, held, { latest: 'true' })).rejects.toMatchObject({
      hint: expect.stringMatching(/it may be published nevertheless/),
    })
  })

  it('removes the draft where another run was first', async () => {
    const first = await createRelease(session.github, 'uDOS', 'engine', tag)
    expect(await publishHeld(session, held, { latest: 'true' })).toBeNull()
    expect((await all()).map(({ id }) => id)).toEqual([first.id])
  })

  it('leaves the draft where GitHub refuses for another reason', async () => {
    github.fail({ method: 'PATCH', status: 422, body: { message: 'no' } })
    await expect(publishHeld(session, held, { latest: 'true' })).rejects.toMatchObject({
      code: 'GITHUB',
    })
    expect(await all()).toHaveLength(1)
  })

  it('does not touch a release that a person has published', async () => {
    const published = await edit({ draft: false })
    await expect(publishHeld(session, held, { latest: 'true' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await now()).toEqual(published)
  })
})

describe('publishDraft', () => {
  it('never makes a pre-release the latest, which GitHub refuses', async () => {
    await edit({ prerelease: true })
    const sent = github.requests.length
    await publishDraft(session, repository, held.release.id, { latest: 'true' })
    const bodies = github.requests.slice(sent).map(({ body }) => body)
    expect(bodies).toContainEqual(expect.stringContaining('"make_latest":"false"'))
    expect(await now()).toMatchObject({ draft: false, prerelease: true })
  })

  it('replaces the content in the same request', async () => {
    const content = { name: 'Core', body: 'other', prerelease: false, latest: 'false' as const }
    const published = await publishDraft(session, repository, held.release.id, content)
    expect(published).toMatchObject({ name: 'Core', body: 'other', draft: false })
  })
})

describe('withOwner', () => {
  it('changes nothing else, and nothing without a mark', () => {
    const body = withMark('notes', maker, tag, owner).replace('notes', 'edited')
    expect(withOwner(body, null)).toBe(withMark('notes', maker, tag).replace('notes', 'edited'))
    expect(withOwner(withOwner(body, null), owner)).toBe(body)
    expect(withOwner('no mark', owner)).toBe('no mark')
  })
})
