import picomatch from 'picomatch'
import type { HandlerConfig } from '../../config/files/webhook-handlers.js'
import type { WebhooksConfig } from '../../config/files/webhooks.js'
import type { PlannedRun, RoutingDecision, StoredDelivery } from '../store/store.js'
import { type EventFacts, factsOf } from './facts.js'
import { readPayload, valueAt } from './payload.js'

/**
 * Decides which handlers a delivery gets. Pure: the same delivery and configuration always give the
 * same runs.
 */
export function routerFor(config: WebhooksConfig): (delivery: StoredDelivery) => RoutingDecision {
  const isOurs = repositoryMatcher(config.repositories)
  const handlers = config.handlers.map((handler) => ({ handler, matches: matcherOf(handler) }))
  return (delivery) => {
    const read = readPayload(delivery.body, delivery.headers['content-type'])
    if ('fault' in read) return { status: 'dead', reason: read.fault, facts: noFacts }
    const facts = factsOf(delivery.event, read.payload)
    const ignored = (reason: string): RoutingDecision => ({ status: 'ignored', reason, facts })
    if (!config.events.includes(facts.event)) return ignored('event')
    const ofEvent = handlers.filter(({ handler }) => handler.event === facts.event)
    if (facts.repo === null && ofEvent.length === 0) return ignored('no repository')
    // One that names a repository in a way that GitHub does not is nobody's.
    const isNamed = valueAt(read.payload, 'repository') !== undefined
    if (isNamed && (facts.repo === null || !isOurs(facts.repo))) return ignored('repository')
    const matching = ofEvent.filter(({ matches }) => matches(facts, read.payload))
    const allowed = matching.filter(({ handler }) => handler.forks || !facts.isFork)
    if (allowed.length > 0) {
      return { status: 'queued', facts, runs: allowed.map(({ handler }) => plannedRun(handler)) }
    }
    return ignored(matching.length > 0 ? 'fork' : 'no handler')
  }
}

const noFacts = { action: null, repo: null, ref: null }

const plannedRun = ({ name, action, order, coalesce, attempts }: HandlerConfig): PlannedRun => ({
  handler: name,
  action,
  order,
  coalesce,
  attempts,
})

/** GitHub's names have no case; `*` stays within owner or name, `**` does not. */
export function repositoryMatcher(patterns: string[]): (repo: string) => boolean {
  const matches = picomatch(patterns, { nocase: true, dot: true })
  return (repo) => matches(repo)
}

function matcherOf({ filter, conditions }: HandlerConfig) {
  const matches = filter === null ? null : picomatch(filter, { dot: true })
  return (facts: EventFacts, payload: Record<string, unknown>): boolean => {
    const names = [facts.action, facts.target, facts.tag && `refs/tags/${facts.tag}`]
    const isNamed = matches === null || names.some((name) => name && matches(name))
    return (
      isNamed &&
      Object.entries(conditions).every(([path, value]) => valueAt(payload, path) === value)
    )
  }
}
