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

export function factsOf(event: string, payload: Record<string, unknown>): EventFacts {
  const at: At = (path) => textAt(payload, path)
  const repo = at('repository.full_name')
  return {
    event,
    action: at('action'),
    // It becomes a part of addresses and paths.
    repo: repo !== null && fullNamePattern.test(repo) ? repo : null,
    sender: at('sender.login'),
    isFork: isForeign(payload),
    ...nowhere,
    ...(Object.hasOwn(places, event) ? places[event]?.(at, payload) : null),
  }
}

type Place = Pick<EventFacts, 'ref' | 'branch' | 'target' | 'tag' | 'sha'>
type At = (path: string) => string | null

const nowhere: Place = { ref: null, branch: null, target: null, tag: null, sha: null }

/**
 * Where each event names its ref and commit:
 * https://docs.github.com/webhooks/webhook-events-and-payloads
 */
const places: Record<string, (at: At, payload: Record<string, unknown>) => Place> = {
  push: (at) => placeOf(at('ref'), isZero(at('after')) ? null : at('after')),
  create: namedRef,
  delete: namedRef,
  release: (at) => placeOf(prefixed('refs/tags/', at('release.tag_name')), null),
  pull_request: pullRequest,
  pull_request_review: pullRequest,
  pull_request_review_comment: pullRequest,
  pull_request_review_thread: pullRequest,
  merge_group: (at) => ({
    ...placeOf(at('merge_group.head_ref'), at('merge_group.head_sha')),
    target: without('refs/heads/', at('merge_group.base_ref')),
  }),
  workflow_dispatch: (at) => placeOf(at('ref'), null),
  repository_dispatch: (at) => onBranch(at('branch'), null),
  deployment: (at) => onBranch(at('deployment.ref'), at('deployment.sha')),
  deployment_status: (at) => onBranch(at('deployment.ref'), at('deployment.sha')),
  deployment_review: headOf('workflow_run'),
  status: (at) => onBranch(at('branches.0.name'), at('sha')),
  workflow_run: headOf('workflow_run'),
  workflow_job: headOf('workflow_job'),
  check_suite: headOf('check_suite'),
  check_run: headOf('check_run.check_suite'),
}

/** A branch or a tag that is made or removed is named without `refs/`. */
function namedRef(at: At): Place {
  const prefix = at('ref_type') === 'tag' ? 'refs/tags/' : 'refs/heads/'
  return placeOf(prefixed(prefix, at('ref')), null)
}

function pullRequest(at: At, payload: Record<string, unknown>): Place {
  const number = valueAt(payload, 'pull_request.number')
  return {
    ref: Number.isSafeInteger(number) ? `refs/pull/${number}/head` : null,
    branch: at('pull_request.head.ref'),
    target: at('pull_request.base.ref'),
    tag: null,
    sha: at('pull_request.head.sha'),
  }
}

function headOf(path: string): (at: At) => Place {
  return (at) => onBranch(at(`${path}.head_branch`), at(`${path}.head_sha`))
}

const onBranch = (branch: string | null, sha: string | null): Place =>
  placeOf(prefixed('refs/heads/', branch), sha)

function placeOf(ref: string | null, sha: string | null): Place {
  const branch = without('refs/heads/', ref)
  return { ref, branch, target: branch, tag: without('refs/tags/', ref), sha }
}

const prefixed = (prefix: string, name: string | null) => name && `${prefix}${name}`
const without = (prefix: string, ref: string | null) =>
  ref?.startsWith(prefix) ? ref.slice(prefix.length) : null

/** The commit of a push that deletes its branch. */
const isZero = (sha: string | null) => sha !== null && /^0+$/.test(sha)

/** What comes from another repository, and where that one's id is: null if the fork is gone. */
const sources = [
  { from: 'pull_request.head', id: 'pull_request.head.repo.id' },
  { from: 'workflow_run.head_repository', id: 'workflow_run.head_repository.id' },
]

function isForeign(payload: Record<string, unknown>): boolean {
  const own = valueAt(payload, 'repository.id')
  return sources.some(
    ({ from, id }) => valueAt(payload, from) !== undefined && valueAt(payload, id) !== own,
  )
}
