import { UsageError } from '../../base/errors.js'
import type { HandlerConfig } from '../../config/files/webhook-handlers.js'
import { fillPlaceholder, type HandlerInput } from './placeholders.js'

/** What a handler does with one delivery: a program, or a command of wizard in this process. */
export type HandlerCommand =
  | { kind: 'program'; cmd: string[]; dir: string | null; env: string[]; stdin: boolean }
  | { kind: 'wizard'; argv: string[] }

/**
 * The exact argument list, which `RECEIVE --dry-run` shows. Pure.
 *
 * @throws UsageError if the delivery lacks what the action needs, or a value would be read as an
 *   option
 */
export function commandOf(handler: HandlerConfig, input: HandlerInput): HandlerCommand {
  if (handler.action === 'exec') {
    const { cmd, dir, env, stdin } = handler.payload
    const filled = cmd.map((text) => fillPlaceholder(text, input))
    return { kind: 'program', cmd: filled, dir: dir ?? null, env, stdin }
  }
  return { kind: 'wizard', argv: argvOf(handler, input) }
}

/** Whether it takes the root's lock, so that on one machine its runs go one after another. */
export const takesRootLock = (handler: HandlerConfig): boolean =>
  handler.action === 'sync_repo' ||
  (handler.action === 'sync_release' && handler.payload.dir === undefined)

function argvOf(
  handler: Exclude<HandlerConfig, { action: 'exec' }>,
  input: HandlerInput,
): string[] {
  const { facts } = input
  const repo = () => facts.repo ?? missing('repository', handler.name)
  /** Only the user's text is a template: a branch may be named like a placeholder. */
  const refFlag = (ref: string | undefined, fallback: string | null = null) =>
    flagOf(ref === undefined ? fallback : fillPlaceholder(ref, input))
  const flagOf = (ref: string | null) => (ref ? [`--ref=${ref}`] : [])
  const timeout = `--timeout=${handler.timeout}`
  switch (handler.action) {
    case 'run_tests': {
      const { repo: named, component, ref } = handler.payload
      const target = component ?? named ?? repo()
      return ['TEST', 'RUN', target, ...refFlag(ref, facts.branch), timeout]
    }
    case 'run_workflow': {
      const { target, ref, inputs, wait } = handler.payload
      const assignments = Object.entries(inputs).map(
        ([key, value]) => `${key}=${fillPlaceholder(String(value), input)}`,
      )
      const flags = [...refFlag(ref), ...(wait ? ['--wait'] : []), timeout]
      return ['WORKFLOW', 'RUN', target, ...assignments, ...flags]
    }
    case 'sync_repo':
      return ['REPO', 'SYNC', handler.payload.target ?? repo(), ...lockWait(handler), timeout]
    case 'sync_release': {
      const { target = repo(), dir } = handler.payload
      if (dir === undefined) return ['REPO', 'SYNC', target, ...lockWait(handler), timeout]
      const tag = facts.tag === null ? '' : `@${facts.tag}`
      return ['RELEASE', 'DOWNLOAD', `${target}${tag}`, `--dir=${dir}`, timeout]
    }
    case 'publish_release':
      return ['RELEASE', 'PUBLISH', handler.payload.target, '--yes', timeout]
  }
}

/** Another command may hold the root's lock, cron's for example: a run waits for it. */
const lockWait = ({ timeout }: HandlerConfig) => [`--lock-wait=${timeout}`]

function missing(what: string, handler: string): never {
  throw new UsageError(`the delivery has no ${what}, and ${handler} has no target`, {
    hint: `add a target to the payload of ${handler}`,
  })
}
