import { fullNamePattern } from '../../base/names/repository.js'
import type { DeliveryFacts } from '../store/store.js'
import { textAt, valueAt } from './payload.js'

/** What a payload says about itself, for handlers and their placeholders. */
export interface EventFacts extends DeliveryFacts {
  event: string
  /** Without `refs/heads/`. Of a pull request: where it comes from. */
  branch: string | null
  /** What a pull request goes to; else the branch. */
  target: string | null
  tag: string | null
  sha: string | null
  /** Login. */
  sender: string | null
  /** A pull request, or a run, of another repository's code. */
  isFork: boolean
}

/**
 * Where each event names its ref differs: https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export function factsOf(event: string, payload: Record<string, unknown>): EventFacts {
  const repo = textAt(payload, 'repository.full_name')
  return {
    event,
    action: textAt(payload, 'action'),
    // It becomes a part of addresses and paths.
    repo: repo !== null && fullNamePattern.test(repo) ? repo : null,
    sender: textAt(payload, 'sender.login'),
    isFork: isForeign(payload),
    ...place(event, payload),
  }
}

type Place = Pick<EventFacts, 'ref' | 'branch' | 'target' | 'tag' | 'sha'>

function place(event: string, payload: Record<string, unknown>): Place {
  const at = (path: string) => textAt(payload, path)
  if (event === 'push') return fromRef(at('ref'), isZero(at('after')) ? null : at('after'))
  if (event === 'create' || event === 'delete') {
    const kind = at('ref_type') === 'tag' ? 'tags' : 'heads'
    return fromRef(at('ref') && `refs/${kind}/${at('ref')}`, null)
  }
  if (event === 'release') return fromRef(prefixed('refs/tags/', at('release.tag_name')), null)
  if (valueAt(payload, 'pull_request.head') !== undefined) return ofPullRequest(payload)
  if (event === 'merge_group') {
    const from = fromRef(at('merge_group.head_ref'), at('merge_group.head_sha'))
    return { ...from, target: fromRef(at('merge_group.base_ref'), null).branch }
  }
  if (event === 'workflow_dispatch') return fromRef(at('ref'), null)
  if (event === 'repository_dispatch') return ofBranch(at('branch'), null)
  if (event === 'deployment' || event === 'deployment_status')
    return ofBranch(at('deployment.ref'), at('deployment.sha'))
  if (event === 'status') return ofBranch(at('branches.0.name'), at('sha'))
  const checks = ['workflow_run', 'workflow_job', 'check_suite', 'check_run.check_suite']
  const held = checks.find((one) => valueAt(payload, one) !== undefined)
  if (held === undefined) return ofBranch(null, null)
  return ofBranch(at(`${held}.head_branch`), at(`${held}.head_sha`))
}

function ofPullRequest(payload: Record<string, unknown>): Place {
  const at = (path: string) => textAt(payload, `pull_request.${path}`)
  const number = valueAt(payload, 'pull_request.number')
  return {
    ref: Number.isSafeInteger(number) ? `refs/pull/${number}/head` : null,
    branch: at('head.ref'),
    target: at('base.ref'),
    tag: null,
    sha: at('head.sha'),
  }
}

function fromRef(ref: string | null, sha: string | null): Place {
  const branch = after('refs/heads/', ref)
  return { ref, branch, target: branch, tag: after('refs/tags/', ref), sha }
}

const ofBranch = (branch: string | null, sha: string | null): Place =>
  fromRef(prefixed('refs/heads/', branch), sha)

const prefixed = (prefix: string, name: string | null) => name && `${prefix}${name}`
const after = (prefix: string, ref: string | null) =>
  ref?.startsWith(prefix) ? ref.slice(prefix.length) : null

/** What a deletion says in place of a commit. */
const isZero = (sha: string | null) => sha !== null && /^0+$/.test(sha)

/** GitHub names no repository for the head if the fork is gone. */
function isForeign(payload: Record<string, unknown>): boolean {
  const own = valueAt(payload, 'repository.id')
  const sources = ['pull_request.head', 'workflow_run.head_repository']
  return sources.some((path) => {
    const source = valueAt(payload, path)
    if (source === undefined) return false
    const repository = path.endsWith('.head') ? valueAt(source, 'repo') : source
    return valueAt(repository, 'id') !== own
  })
}
