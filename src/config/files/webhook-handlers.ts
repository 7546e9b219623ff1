import { webhookEvents } from '../../base/names/webhook-events.js'
import { didYouMean, nearest } from '../../base/text.js'
import type { StepValues } from '../schema/webhook-handlers.js'
import { placeholderFault } from '../schema/webhook-placeholders.js'
import type { WebhooksFile } from '../schema/webhooks.js'
import type { ConfigDocument } from '../yaml/document.js'
import type { Fault, Path, Position } from '../yaml/place.js'

/** In the order of the file; a step without a name is called by its action. */
export function readHandlers(
  document: ConfigDocument<WebhooksFile>,
  root: string,
): HandlerConfig[] {
  const { handlers } = document.value.webhooks
  const all = Object.entries(handlers).flatMap(([key, steps]) =>
    steps.map((one, index) => ({ key, step: one as StepValues, index })),
  )
  const taken = new Set(all.flatMap(({ step }) => step.name ?? []))
  return all.map(({ key, step, index }) => {
    const path = ['webhooks', 'handlers', key, index]
    const name = step.name ?? freeName(step.action, taken)
    const position = document.position(path)
    // As a destination of repos.yaml: what begins with a slash is inside ROOT too.
    const inside = (dir: string) => document.inside(root, [...path, 'payload', 'dir'], dir)
    return handlerOf(key, step, { name, inside, path, position })
  })
}

/** `exec`, then `exec-2`, `exec-3` … */
function freeName(action: string, taken: Set<string>): string {
  let name = action
  for (let count = 2; taken.has(name); count++) name = `${action}-${count}`
  taken.add(name)
  return name
}

interface StepPlace {
  name: string
  /** @throws PathError if it leads out of ROOT */
  inside(dir: string): string
  path: Path
  position: Position
}

function handlerOf(key: string, step: StepValues, { inside, ...place }: StepPlace): HandlerConfig {
  const { action, payload, order, attempts, backoff, forks } = step
  const [event, filter] = [eventOf(key), key.slice(eventOf(key).length + 1)]
  const dir = 'dir' in payload && payload.dir !== undefined ? inside(payload.dir) : undefined
  return {
    ...place,
    event,
    filter: filter === '' ? null : filter,
    ...({ action, payload: { ...payload, ...(dir === undefined ? {} : { dir }) } } as ActionValues),
    concurrency: step.concurrency ?? (action === 'exec' ? 1 : null),
    order,
    coalesce: step.coalesce ?? action === 'sync_repo',
    timeout: step.timeout ?? (action === 'run_tests' ? 1800 : 600),
    attempts,
    backoff,
    forks,
    conditions: step.if,
  }
}

const eventOf = (key: string) => key.split(':', 1)[0] ?? ''

export function handlerFaults(
  { events, handlers }: WebhooksFile['webhooks'],
  all: HandlerConfig[],
): Fault[] {
  const keys = Object.keys(handlers).flatMap((key): Fault[] => {
    const path = ['webhooks', 'handlers', key]
    const event = eventOf(key)
    const unknown = unknownEvent(event, path, 'key')
    if (unknown.length > 0 || events.length === 0 || events.includes(event)) return unknown
    const message = 'its event is not in webhooks.events, so it would never run'
    return [{ path, at: 'key', message }]
  })
  return [...keys, ...namesTwice(all), ...all.flatMap(placeholderFaults)]
}

function namesTwice(handlers: HandlerConfig[]): Fault[] {
  const seen = new Set<string>()
  return handlers.flatMap(({ name, path }): Fault[] => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    return [{ path: [...path, 'name'], message: `two handlers are named ${name}` }]
  })
}

function placeholderFaults(handler: HandlerConfig): Fault[] {
  return templatesOf(handler).flatMap(({ path, text }) => {
    const fault = placeholderFault(text)
    return fault === null ? [] : [{ path: [...handler.path, 'payload', ...path], ...fault }]
  })
}

/** The texts in a handler's payload that may be placeholders. */
function templatesOf({ payload }: HandlerConfig): { path: Path; text: string }[] {
  const cmd = 'cmd' in payload ? payload.cmd : []
  const ref = 'ref' in payload ? payload.ref : undefined
  const inputs = 'inputs' in payload ? payload.inputs : {}
  return [
    ...cmd.map((text, index) => ({ path: ['cmd', index], text })),
    ...(ref === undefined ? [] : [{ path: ['ref'], text: ref }]),
    ...Object.entries(inputs).flatMap(([name, text]) =>
      typeof text === 'string' ? [{ path: ['inputs', name], text }] : [],
    ),
  ]
}

export function unknownEvent(event: string, path: Path, at?: 'key'): Fault[] {
  if (webhookEvents.has(event)) return []
  const near = didYouMean(event, [...webhookEvents])
  const message = `${event} is not an event of GitHub's webhooks${near ? `; ${near}` : ''}`
  return [{ path, at, message, nearest: nearest(event, [...webhookEvents])[0] }]
}

export type HandlerConfig = {
  /** Unique. */
  name: string
  event: string
  /** A pattern of the branch or the action. */
  filter: string | null
  /** Runs at once over all machines; null: no limit. */
  concurrency: number | null
  order: 'repository' | 'none'
  coalesce: boolean
  /** Seconds. */
  timeout: number
  attempts: number
  /** Seconds until the second start. */
  backoff: number
  /** Whether pull requests from forks are handled. */
  forks: boolean
  /** Payload paths that must be equal. */
  conditions: Record<string, string | number | boolean | null>
  /** @internal */
  path: Path
  position: Position
} & ActionValues

/** An action, and what it is given. */
export type ActionValues =
  | {
      action: 'run_tests'
      payload: {
        repo?: string | undefined
        component?: string | undefined
        /** Also a placeholder, such as `{branch}`. */
        ref?: string | undefined
      }
    }
  | {
      action: 'run_workflow'
      payload: {
        target: string
        ref?: string | undefined
        inputs: Record<string, string | number | boolean>
        wait: boolean
      }
    }
  | { action: 'sync_repo'; payload: { target?: string | undefined } }
  | {
      action: 'sync_release'
      payload: { target?: string | undefined /** Absolute. */; dir?: string | undefined }
    }
  | { action: 'publish_release'; payload: { target: string } }
  | {
      action: 'exec'
      payload: {
        cmd: string[]
        /** Absolute; default: ROOT. */
        dir?: string | undefined
        /** Names of variables that it sees. */
        env: string[]
        stdin: boolean
      }
    }

export type WebhookAction = ActionValues['action']
