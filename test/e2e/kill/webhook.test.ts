import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { configure, deliver, serveArgs } from '../../commands/webhook/hook.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
})
afterEach(() => space.close())

/** Notes each end, so that a second run of the same delivery shows. */
const handler = {
  action: 'exec',
  name: 'note',
  order: 'none',
  concurrency: 4,
  payload: { cmd: ['/bin/sh', '-c', 'echo "$WIZARD_DELIVERY $WIZARD_ATTEMPT" >> ended'] },
}

async function serve() {
  const child = space.start(serveArgs)
  child.stderr?.resume()
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      if (data.includes('listening')) resolve()
    })
    child.once('close', () => reject(new Error('SERVE has ended')))
  })
  return child
}

/** Sends deliveries, several at a time, until nobody answers any more. */
async function load(accepted: string[], onAnswer: () => void): Promise<void> {
  const lane = async (name: string) => {
    for (let count = 0; ; count++) {
      const delivery = `${name}-${count}`
      const answer = await deliver(space, { delivery }).catch(() => null)
      if (answer === null) return
      expect(answer.status).toBe(202)
      accepted.push(delivery)
      onAnswer()
    }
  }
  const round = accepted.length
  await Promise.all(Array.from({ length: 8 }, (_, index) => lane(`r${round}-${index}`)))
}

const statuses = async (): Promise<Record<string, string>> => {
  const { json } = await space.wizard('WEBHOOK', 'LIST', '--limit', '100000', '--json')
  return Object.fromEntries(
    json.map((one: { delivery: string; status: string }) => [one.delivery, one.status]),
  )
}

describe('SIGKILL of WEBHOOK SERVE', { tags: ['deep'] }, () => {
  it(`under load: what was answered is handled, and nothing that had ended runs again (${seedOfKills})`, async () => {
    await configure(space, { push: [handler] }, { concurrency: 4 })
    const accepted: string[] = []
    for (const point of killPoints(200, 6)) {
      const child = await serve()
      const gone = once(child, 'close')
      let answers = 0
      await load(accepted, () => {
        if (++answers === point) child.kill('SIGKILL')
      })
      await gone
    }
    const last = await serve()
    const isOver = async () => {
      const found = await statuses()
      expect(Object.values(found).filter((status) => status !== 'done')).toEqual([])
      return found
    }
    const found = await vi.waitFor(isOver, { timeout: 60_000, interval: 200 })
    last.kill('SIGTERM')
    await once(last, 'close')
    expect(last.exitCode).toBe(0)
    expect(accepted.filter((delivery) => found[delivery] === undefined)).toEqual([])
    const ends = (await space.read('ended')).trim().split('\n')
    const first = ends.filter((line) => line.endsWith(' 1'))
    expect(new Set(first).size).toBe(first.length)
    // Each kill leaves at most what was in hand.
    const again = ends.filter((line) => !line.endsWith(' 1'))
    expect(again.length).toBeLessThanOrEqual(6 * 4)
    const ran = new Set(ends.map((line) => line.split(' ')[0]))
    expect(accepted.filter((delivery) => !ran.has(delivery))).toEqual([])
  })
})
