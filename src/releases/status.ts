import pLimit from 'p-limit'
import { type ErrorReport, reportError } from '../base/error-report.js'
import { WizardError } from '../base/errors.js'
import type { Component } from '../config/files/components.js'
import { listTags } from '../github/rest/tags.js'
import { releasesOf } from './find.js'
import { readRemoteHistory } from './notes/remote.js'
import type { ReleaseSession } from './session.js'
import { nextVersion } from './versions/next-version.js'
import { compareVersions, tagOf, versionTags } from './versions/versions.js'

export interface StatusRequest {
  components: Component[]
}

/** A component on GitHub's default branch, compared with its last tag. */
export interface ComponentStatus {
  component: string
  repo: string
  /**
   * `released`: nothing is new; `unreleased`: there are new commits; `ready`: there are, and
   * version_file names their version; `failed`: see `error`.
   */
  state: 'released' | 'unreleased' | 'ready' | 'failed'
  /** The highest version's tag; null: none yet. */
  tag: string | null
  version: string | null
  /** ISO 8601; null if the tag has no release. */
  published_at: string | null
  /** version_file on the default branch; null if there is none. */
  next_version: string | null
  /** Commits since the tag that touch the component's path. */
  unreleased: number | null
  /** The address of a draft of the next version. */
  draft_url: string | null
  error: ErrorReport | null
}

/** Components to ask about at a time. */
const atOnce = 4

/** The unreleased changes of each component; the result contains failures. */
export function componentStatusOf(
  session: ReleaseSession,
  { components }: StatusRequest,
): Promise<ComponentStatus[]> {
  const limit = pLimit(atOnce)
  return Promise.all(components.map((component) => limit(() => safely(session, component))))
}

async function safely(session: ReleaseSession, component: Component): Promise<ComponentStatus> {
  try {
    return await inspect(session, component)
  } catch (error) {
    if (session.signal?.aborted || !(error instanceof WizardError)) throw error
    return { ...nothing(component), state: 'failed', error: reportError(error) }
  }
}

const nothing = ({ name, owner, repo }: Component): ComponentStatus => ({
  component: name,
  repo: `${owner}/${repo}`,
  state: 'released',
  tag: null,
  version: null,
  published_at: null,
  next_version: null,
  unreleased: null,
  draft_url: null,
  error: null,
})

async function inspect(session: ReleaseSession, component: Component): Promise<ComponentStatus> {
  const { owner, repo } = component
  const subject = { owner, repo, component }
  const [tags, releases, history, next] = await Promise.all([
    listTags(session.github, owner, repo),
    releasesOf(session, subject),
    readRemoteHistory(session, { subject, tag: null, source: null }),
    nextVersion(session.github, component, null),
  ])
  const names = tags.map(({ name }) => name)
  const last = versionTags(component.tag, names)[0] ?? null
  const release = releases.find(({ tag_name, draft }) => !draft && tag_name === last?.tag)
  const isNext = next !== null && (last === null || compareVersions(next, last.version) > 0)
  const draft = isNext
    ? releases.find((one) => one.draft && one.tag_name === tagOf(component.tag, next))
    : undefined
  const unreleased = history.commits.length
  return {
    ...nothing(component),
    state: isNext ? 'ready' : unreleased > 0 ? 'unreleased' : 'released',
    tag: last?.tag ?? null,
    version: last?.version ?? null,
    published_at: release?.published_at ?? null,
    next_version: next,
    unreleased,
    draft_url: draft?.url ?? null,
  }
}
