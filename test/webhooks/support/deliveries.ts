import { createHash, randomUUID } from 'node:crypto'
import type { RunError } from '../../../src/webhooks/delivery.js'
import type {
  ClaimRequest,
  PlannedRun,
  ReceivedDelivery,
  RoutingDecision,
  RunEnd,
  StoredDelivery,
} from '../../../src/webhooks/store/store.js'

/** A push as it comes from GitHub; each call makes another one. */
export function received(given: Partial<ReceivedDelivery> & { text?: string } = {}) {
  const { text, ...fields } = given
  const body = fields.body ?? Buffer.from(text ?? JSON.stringify({ push: randomUUID() }))
  return {
    delivery: randomUUID(),
    hookId: '292430182',
    event: 'push',
    headers: { 'content-type': 'application/json' },
    source: 'http',
    body,
    sha256: createHash('sha256').update(body).digest('hex'),
    ...fields,
  } satisfies ReceivedDelivery
}

/** A push to a repository, as its payload says it. */
export const pushTo = (repo: string, ref = 'refs/heads/main') =>
  received({ text: JSON.stringify({ repo, ref, id: randomUUID() }) })

export const planned = (given: Partial<PlannedRun> = {}): PlannedRun => ({
  handler: 'tests',
  action: 'exec',
  order: 'repository',
  coalesce: false,
  attempts: 3,
  ...given,
})

/** Routes to these handlers; the payload names its repository and ref, as `pushTo` makes it. */
export const decideFor =
  (...runs: Partial<PlannedRun>[]) =>
  ({ body }: StoredDelivery): RoutingDecision => {
    const { repo = 'uDOS/core', ref = 'refs/heads/main' } = JSON.parse(Buffer.from(body).toString())
    const facts = { action: null, repo, ref }
    return { status: 'queued', facts, runs: runs.map(planned) }
  }

export const claimOf = (given: Partial<ClaimRequest> = {}): ClaimRequest => ({
  machine: 'one',
  owner: 'owner-of-one',
  limit: 64,
  handlers: [{ name: 'tests', concurrency: null }],
  ...given,
})

const output = Buffer.from('the end of it\n')
const failure: RunError = { code: 'FAILED', message: 'exit status 1', hint: null }

export const done: RunEnd = { status: 'done', exit: 0, result: { ok: true }, error: null, output }
export const died: RunEnd = { status: 'dead', exit: 1, result: null, error: failure, output }
export const retryAfter = (after: number): RunEnd => ({ ...died, status: 'retry', after })
