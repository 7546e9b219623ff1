import { describe, expect, it } from 'vitest'
import { VersionChoice } from '../../../src/github/transport/api-version.js'
import { answer, get, post, scripted } from '../support.js'

const selected = (version: string, status = 200) =>
  answer(status, { 'x-github-api-version-selected': version })

/** Sends requests one after another, and gives the version that each try named. */
async function versions(next: ReturnType<typeof scripted>, requests = [get(), post()]) {
  const choice = new VersionChoice()
  const send = choice.layer(next)
  const statuses: number[] = []
  for (const request of requests) statuses.push((await send(request)).status)
  const asked = next.asked.map(({ headers }) => headers['x-github-api-version'])
  return { statuses, asked, current: choice.current }
}

describe('the version of the API', () => {
  it('is the newest', async () => {
    const next = scripted(selected('2026-03-10'), selected('2026-03-10'))
    expect(await versions(next)).toEqual({
      statuses: [200, 200],
      asked: ['2026-03-10', '2026-03-10'],
      current: '2026-03-10',
    })
  })

  it('is the one before on a server that refuses the newest, asked once', async () => {
    expect(await versions(scripted(answer(400), answer(), answer()))).toEqual({
      statuses: [200, 200],
      asked: ['2026-03-10', '2022-11-28', '2022-11-28'],
      current: '2022-11-28',
    })
  })

  it('is the one before on a server that selects it', async () => {
    expect(await versions(scripted(selected('2022-11-28'), answer()))).toMatchObject({
      asked: ['2026-03-10', '2022-11-28'],
    })
  })

  it.each([
    ['that the other version gets too', [answer(400), answer(400), answer(), answer()]],
    ['of a server that has agreed', [answer(), answer(400), answer()]],
    ['that names the version', [selected('2026-03-10', 400), answer(), answer()]],
  ])('stays the newest after a 400 %s', async (_which, answers) => {
    const requests = answers.slice(answers[1]?.status === 400 && answers[0]?.status === 400 ? 1 : 0)
    const { current, statuses } = await versions(
      scripted(...answers),
      requests.map(() => post()),
    )
    expect(current).toBe('2026-03-10')
    expect(statuses).toContain(400)
  })

  it("is not learned from storage's refusal, and the caller's own is left alone", async () => {
    const foreign = { ...answer(400), foreign: true }
    const own = get('/x', { headers: { 'x-github-api-version': '2030-01-01' } })
    expect(await versions(scripted(foreign, answer(400)), [get(), own])).toEqual({
      statuses: [400, 400],
      asked: ['2026-03-10', '2030-01-01'],
      current: '2026-03-10',
    })
  })
})
