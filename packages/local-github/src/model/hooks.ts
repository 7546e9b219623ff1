import type { Account, Repository } from './repository.js'

/** What a webhook belongs to. */
export type HookTarget = Repository | Account

export interface Hook {
  id: number
  target: HookTarget
  active: boolean
  events: string[]
  config: HookConfig
  createdAt: string
  updatedAt: string
  lastResponse: HookResponse
  /** Newest first. */
  deliveries: HookDelivery[]
}

export interface HookConfig {
  url: string
  contentType: 'json' | 'form'
  secret: string | null
  insecureSsl: '0' | '1'
}

export interface HookResponse {
  code: number | null
  status: string
  message: string | null
}

export const unused: HookResponse = { code: null, status: 'unused', message: null }

/** One attempt to deliver an event. */
export interface HookDelivery {
  /** Beyond 2^53, as GitHub's are since 2026: https://github.com/octokit/request.js/issues/797 */
  id: bigint
  /** Of the event: all hooks and attempts share it. */
  guid: string
  deliveredAt: string
  redelivery: boolean
  /** Seconds. */
  duration: number
  status: string
  statusCode: number
  event: string
  action: string | null
  repositoryId: number | null
  url: string
  request: { headers: Record<string, string>; payload: HookPayload }
  response: { headers: Record<string, string>; payload: string }
}

export type HookPayload = Record<string, unknown>

export const isRepository = (target: HookTarget): target is Repository => 'bare' in target

/** A hook with an asterisk gets all events; each gets its pings. */
export const isFor = ({ active, events }: Hook, event: string): boolean =>
  active && (events.includes('*') || events.includes(event))
