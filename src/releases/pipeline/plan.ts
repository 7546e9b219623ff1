import { isPrerelease, previousTag, tagOf } from '../versions/versions.js'
import { isLatest } from './judge.js'
import {
  buildLines,
  type PublishFacts,
  type PublishPlan,
  type PublishRequest,
  type RemoteFacts,
  type SourceFacts,
} from './request.js'

export interface PlanFacts extends Pick<PublishFacts, 'source' | 'remote' | 'found'> {
  request: PublishRequest
  notes: string
  /** Milliseconds since 1970. */
  now: number
}

/** Describes what will be done, in order; asks and changes nothing. */
export function planPublish({
  request,
  source,
  remote,
  notes,
  found,
  now,
}: PlanFacts): PublishPlan {
  const { subject, files } = request
  const { component } = subject
  const tag = tagOf(component.tag, source.version)
  return {
    component: component.name,
    repo: `${subject.owner}/${subject.repo}`,
    tag,
    version: source.version,
    commit: source.head,
    previous_tag: previousTag(component.tag, source.version, remote.tags.keys())?.tag ?? null,
    prerelease: isPrerelease(source.version),
    latest: isLatest(subject, source, remote),
    steps: stepsOf(request, tag, found.drafts.length > 0),
    artifacts: files.length > 0 ? files : component.release.artifacts,
    notes,
    warnings: warningsOf(source, remote, now),
  }
}

function stepsOf(request: PublishRequest, tag: string, hasDraft: boolean): PublishPlan['steps'] {
  const { subject, files, draft } = request
  const { artifacts, checksums, sign } = subject.component.release
  const build = buildLines(request)
  const sums = Object.values(checksums)
  const what = files.length > 0 ? files : artifacts
  const steps: (PublishPlan['steps'][number] | false)[] = [
    { step: 'check', does: 'token, work tree, tag, version and signing' },
    build.length > 0 && { step: 'build', does: build.join(' && ') },
    sums.length > 0 && what.length > 0 && { step: 'checksum', does: sums.join(', ') },
    sign.length > 0 &&
      what.length > 0 && {
        step: 'sign',
        does: sign.map(({ cmd, artifacts: which }) => `${cmd}, ${which}`).join('; '),
      },
    { step: 'draft', does: `${hasDraft ? 'continue' : 'create'} the draft of ${tag}` },
    what.length > 0 && { step: 'upload', does: what.join(', ') },
    { step: 'verify', does: 'size and sha256 of every asset match its file' },
    !draft && { step: 'publish', does: tag },
    !draft && { step: 'confirm', does: 'GitHub has the release, its tag and its assets' },
  ]
  return steps.filter((step) => step !== false)
}

function warningsOf(
  { untracked, dir }: SourceFacts,
  { immutable, tokenExpires }: RemoteFacts,
  now: number,
): string[] {
  const which = untracked.slice(0, 5).join(', ') + (untracked.length > 5 ? ' …' : '')
  return [
    ...(untracked.length > 0 ? [`${dir} has untracked files: ${which}`] : []),
    ...(immutable
      ? ['releases here are immutable: once published, its assets stay as they are']
      : []),
    ...(tokenExpires === null ? [] : expiryWarning(tokenExpires, now)),
  ]
}

/** A build and an upload may take hours, so this says what will happen on the way. */
function expiryWarning(expires: string, now: number): string[] {
  const minutes = Math.max(0, Math.floor((Date.parse(expires) - now) / 60_000))
  if (minutes >= 24 * 60) return []
  const left = minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`
  return [
    `the token expires in ${left} (${expires}): work that is not done by then needs another one`,
  ]
}
