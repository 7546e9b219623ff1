import { ConflictError, UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { ownDrafts } from '../drafts/draft.js'
import { isMarked, type Maker, takenBack, wasPublished } from '../drafts/mark.js'
import { severalDrafts } from '../find.js'
import { nameOfSubject } from '../info.js'
import { compareVersions, isPrerelease, tagOf, versionTags } from '../versions/versions.js'
import type {
  ComponentSubject,
  Found,
  PublishRequest,
  RemoteFacts,
  SourceFacts,
} from './request.js'

/** @throws UsageError if the target names another version than version_file */
export function assertNamedVersion(
  { component }: ComponentSubject,
  named: string | null,
  version: string,
): void {
  if (named === null || named === version || named === tagOf(component.tag, version)) return
  throw new UsageError(`${component.versionFile} says ${version}, not ${oneLine(named, 100)}`, {
    hint: `raise the version there, or publish ${component.name}@${version}`,
  })
}

/**
 * @throws ConflictError for a tag at another commit, a foreign draft, several drafts, a release that
 *   was made a draft again
 */
export function findOwn(
  subject: ComponentSubject,
  tag: string,
  { head }: SourceFacts,
  { releases, tagged }: Pick<RemoteFacts, 'releases' | 'tagged'>,
): Found {
  if (tagged !== null && tagged !== head) {
    throw new ConflictError(
      `${tag} exists at another commit: ${tagged.slice(0, 7)}, while HEAD is ${head.slice(0, 7)}`,
      { hint: 'raise the version, or release from the commit of the tag' },
    )
  }
  const ours = releases.filter(({ tag_name }) => tag_name === tag)
  const published = ours.find(({ draft }) => !draft) ?? null
  const maker: Maker = { verb: 'publish', subject }
  if (published !== null) return { published, drafts: ownDrafts(releases, maker, tag) }
  const drafts = [...ours].sort((one, other) => one.id - other.id)
  const before = drafts.find(wasPublished)
  if (before !== undefined) throw takenBack(subject, before)
  const foreign = drafts.find(({ body }) => !isMarked(body, maker, tag))
  if (foreign === undefined) return { published, drafts }
  if (drafts.length > 1) throw severalDrafts(drafts, tag)
  throw new ConflictError(`${tag} has a draft that somebody else made: ${foreign.url}`, {
    hint: [
      'publish it by hand, or delete it: ',
      { verb: ['RELEASE', 'DELETE'], target: `${nameOfSubject(subject)}@${tag}` },
    ],
  })
}

/**
 * Checks everything that must hold before anything is created.
 *
 * @throws ConflictError
 */
export function assertReleasable(
  request: Pick<PublishRequest, 'subject' | 'allowBackport'>,
  source: SourceFacts,
  remote: RemoteFacts,
): void {
  const { dir, head, changed } = source
  if (changed.length > 0) {
    const which = changed.slice(0, 5).join(', ') + (changed.length > 5 ? ' …' : '')
    throw new ConflictError(`${dir} differs from HEAD: ${which}`, {
      hint: 'commit or stash the changes: a release is made from a commit',
    })
  }
  if (!remote.isPushed) {
    throw new ConflictError(`HEAD of ${dir} (${head.slice(0, 7)}) is not pushed`, {
      hint: 'git push first: the tag is created on GitHub',
    })
  }
  const above = request.allowBackport ? null : higherVersion(request.subject, source, remote)
  if (above === null) return
  throw new ConflictError(`${source.version} is below ${above}, which already exists`, {
    hint: ['raise the version, or give ', { flag: 'allow-backport' }],
  })
}

/** A stable version is compared with stable ones, a pre-release with all. */
function higherVersion(
  { component }: ComponentSubject,
  { version }: SourceFacts,
  { tags, releases }: RemoteFacts,
): string | null {
  const published = releases.filter(({ draft }) => !draft).map(({ tag_name }) => tag_name)
  const counted = versionTags(component.tag, new Set([...tags.keys(), ...published])).filter(
    (one) => isPrerelease(version) || !isPrerelease(one.version),
  )
  const [highest] = counted
  if (highest === undefined || compareVersions(version, highest.version) >= 0) return null
  return highest.version
}

/** Whether a stable version is the highest one of its component, and so the latest. */
export const isLatest = (
  subject: ComponentSubject,
  source: SourceFacts,
  remote: RemoteFacts,
): boolean => !isPrerelease(source.version) && higherVersion(subject, source, remote) === null
