import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { MakeLatest, Release } from '../../github/rest/releases.js'
import { latestId, releasesOf } from '../find.js'
import type { ReleaseSubject } from '../info.js'
import type { ReleaseSession } from '../session.js'
import { compareVersions, isPrerelease, latestStable, templateOf, versionIn } from './versions.js'

/** `auto`: only if its version is the highest stable one. */
export type LatestChoice = 'true' | 'false' | 'auto'

/**
 * GitHub's `make_latest` for a published release. Without it GitHub would make any release the
 * latest, even a backport to an older version.
 *
 * @param releases all existing ones; the result is `legacy`, GitHub's choice, if the tag names no
 *   version
 * @throws UsageError if a draft or a pre-release is to be the latest, which GitHub refuses
 */
export function makeLatestOf(
  choice: LatestChoice,
  { component }: Pick<ReleaseSubject, 'component'>,
  { tag, prerelease, draft = false }: { tag: string; prerelease: boolean; draft?: boolean },
  releases: readonly Release[],
): MakeLatest {
  if (choice === 'true' && (prerelease || draft)) throw neverLatest(tag, draft)
  if (prerelease) return 'false'
  if (choice !== 'auto') return choice
  const template = component?.tag ?? templateOf(tag)
  const version = template === null ? null : versionIn(template, tag)
  if (template === null || version === null) return 'legacy'
  if (isPrerelease(version)) return 'false'
  const stable = releases.filter((one) => !one.draft && !one.prerelease && one.tag_name !== tag)
  const highest = latestStable(
    template,
    stable.map(({ tag_name }) => tag_name),
  )
  return highest === null || compareVersions(version, highest.version) > 0 ? 'true' : 'false'
}

const neverLatest = (tag: string, draft: boolean): UsageError =>
  new UsageError(
    `${oneLine(tag, 100)} is a ${draft ? 'draft' : 'pre-release'}, which GitHub does not allow as the latest`,
    {
      hint: draft
        ? ['publish it with ', { flag: 'draft', value: 'false' }]
        : ['leave ', { flag: 'latest' }, ' out, or give ', { flag: 'prerelease', value: 'false' }],
    },
  )

/** Whether a release is currently the latest of its subject. */
export async function isLatestNow(
  session: Pick<ReleaseSession, 'github'>,
  subject: ReleaseSubject,
  { id, draft, prerelease }: Release,
): Promise<boolean> {
  if (draft || prerelease) return false
  const releases = subject.component === null ? [] : await releasesOf(session, subject)
  return (await latestId(session, subject, releases)) === id
}
