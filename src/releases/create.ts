import { ConflictError, GitHubError, GitHubNetworkError, UsageError } from '../base/errors.js'
import { isShortRefName } from '../base/names/ref.js'
import { oneLine } from '../base/text.js'
import { resolveCommit } from '../github/rest/commits.js'
import { generateNotes } from '../github/rest/generated-notes.js'
import {
  createRelease,
  listReleases,
  type MakeLatest,
  type Release,
  updateRelease,
} from '../github/rest/releases.js'
import { listTags, tagCommit } from '../github/rest/tags.js'
import { logMarks } from '../logs/marks.js'
import { type LocalAsset, localAssets } from './assets/local.js'
import { claimDraft, ownDrafts } from './drafts/draft.js'
import { type HeldDraft, whileHeld } from './drafts/held.js'
import { assertShort, type Maker } from './drafts/mark.js'
import { burntTag, fillDraft, publishHeld } from './drafts/publish.js'
import { tagFor } from './find.js'
import {
  type AssetStatus,
  nameOfSubject,
  type ReleaseInfo,
  type ReleaseSubject,
  releaseInfoOf,
} from './info.js'
import type { NotesSession } from './notes/history.js'
import { notesFor } from './notes/notes.js'
import type { ReleaseSession } from './session.js'
import { isLatestNow, type LatestChoice, makeLatestOf } from './versions/latest.js'
import { isPrerelease, versionIn } from './versions/versions.js'

export interface CreateRequest {
  subject: ReleaseSubject
  /** A tag, or a version for the component's template. */
  named: string
  /** Default: the tag. */
  title?: string | undefined
  notes: { kind: 'none' } | { kind: 'github' } | { kind: 'text'; text: string }
  /** A branch or a commit for a new tag; default: the default branch. */
  target?: string | undefined
  draft: boolean
  /** A component's version with a pre-release part always makes a pre-release. */
  prerelease: boolean
  latest: LatestChoice
  /** Absolute paths. */
  files: string[]
}

/**
 * Creates a release. With files it is a draft until all of them are uploaded; after an
 * interruption, the next run continues with that draft.
 *
 * @throws PathError and UsageError for the files, before anything is created; ConflictError if the
 *   tag has a release, or is at another commit than the target; GitHubNotFoundError for an unknown
 *   target
 */
export async function create(
  session: ReleaseSession,
  request: CreateRequest,
): Promise<ReleaseInfo> {
  const { subject } = request
  if (request.notes.kind === 'text') assertShort(request.notes.text)
  const assets = await localAssets(request.files.map((path) => ({ path })))
  const content = await contentOf(session, request)
  const { release, statuses } =
    assets.length > 0 || content.drafts.length > 0
      ? await createWithFiles(session, request, content, assets)
      : { release: await createBare(session, request, content), statuses: undefined }
  const { owner, repo } = subject
  const verb = release.draft ? 'draft' : 'release'
  session.log.write(
    'releases',
    'INFO',
    `${logMarks.good} ${owner}/${repo} ${content.tag}: ${verb} created (${release.url})`,
  )
  const latest = await isLatestNow(session, subject, release)
  const commit = content.target ?? (await tagCommit(session.github, owner, repo, content.tag))
  return releaseInfoOf(release, { latest, commit, statuses })
}

interface Content {
  tag: string
  name: string
  notes: string
  /** A full commit id; undefined: the default branch, or the tag's commit. */
  target: string | undefined
  prerelease: boolean
  latest: MakeLatest
  maker: Maker
  /** Drafts of earlier runs. */
  drafts: Release[]
}

async function contentOf(session: ReleaseSession, request: CreateRequest): Promise<Content> {
  const { subject, named, title } = request
  const { owner, repo, component } = subject
  const [releases, tags] = await Promise.all([
    listReleases(session.github, owner, repo),
    listTags(session.github, owner, repo),
  ])
  const known = new Set([...tags.map(({ name }) => name), ...releases.map((one) => one.tag_name)])
  const tag = tagFor(subject, named, known)
  if (!isShortRefName(tag)) {
    throw new UsageError(`not a valid tag: ${oneLine(tag, 100) || 'the empty name'}`, {
      hint: 'git allows no spaces, no .. and none of ~ ^ : ? * [ \\ in a tag; see git check-ref-format',
    })
  }
  const maker: Maker = { verb: 'create', subject }
  const drafts = ownDrafts(releases, maker, tag)
  assertTagFree(subject, tag, releases, drafts)
  const version = component === null ? null : versionIn(component.tag, tag)
  const prerelease = request.prerelease || (version !== null && isPrerelease(version))
  const state = { tag, prerelease, draft: request.draft }
  const target = await targetOf(session, request, tag)
  return {
    tag,
    name: title ?? tag,
    notes: await notesOf(session, request, { tag, target }),
    target,
    prerelease,
    latest: makeLatestOf(request.latest, subject, state, releases),
    maker,
    drafts,
  }
}

/** @throws ConflictError if the tag has a release, or a draft of somebody else */
function assertTagFree(
  subject: ReleaseSubject,
  tag: string,
  releases: Release[],
  own: Release[],
): void {
  const other = releases.find((one) => one.tag_name === tag && !own.includes(one))
  if (other !== undefined) throw tagTaken(subject, other)
}

function tagTaken(
  subject: ReleaseSubject,
  other: Pick<Release, 'tag_name' | 'draft' | 'url'>,
): ConflictError {
  const tag = other.tag_name
  const what = other.draft ? 'a draft' : 'a release'
  const target = `${nameOfSubject(subject)}@${oneLine(tag, 100)}`
  return new ConflictError(`${oneLine(tag, 100)} already has ${what}: ${other.url}`, {
    hint: [
      { verb: ['RELEASE', 'UPLOAD'], target: `${target} FILE…` },
      ' adds to it, ',
      { verb: ['RELEASE', 'EDIT'], target, brief: true },
      ' changes it',
    ],
  })
}

/** @throws ConflictError if the tag is at another commit */
async function targetOf(
  { github }: ReleaseSession,
  { subject: { owner, repo }, target }: CreateRequest,
  tag: string,
): Promise<string | undefined> {
  if (target === undefined) return undefined
  const [commit, tagged] = await Promise.all([
    resolveCommit(github, owner, repo, target),
    tagCommit(github, owner, repo, tag),
  ])
  if (tagged === null || tagged === commit) return commit
  throw new ConflictError(
    `${tag} is at ${tagged.slice(0, 7)}, but ${oneLine(target, 100)} is ${commit.slice(0, 7)}`,
    { hint: ['leave ', { flag: 'target' }, ' out: the tag already exists'] },
  )
}

async function notesOf(
  session: NotesSession,
  { subject, notes }: CreateRequest,
  { tag, target }: { tag: string; target: string | undefined },
): Promise<string> {
  if (notes.kind === 'none') return ''
  if (notes.kind === 'text') return notes.text
  const { owner, repo, component } = subject
  // A component's previous tag is one of its own; for a repository GitHub finds it.
  if (component === null)
    return (await generateNotes(session.github, owner, repo, { tag, target })).body
  return notesFor(session, { subject, tag, commit: target, source: null, github: true })
}

const mostTries = 3
/** Milliseconds; each pause is longer by this. */
const pause = 2000

/** Creates it in one request; if the answer is lost, the listing shows whether it was created. */
async function createBare(
  session: ReleaseSession,
  { subject: { owner, repo }, draft }: CreateRequest,
  { tag, name, notes, target, prerelease, latest }: Content,
): Promise<Release> {
  const { github, clock, signal } = session
  const options = { name, body: notes, target, prerelease, draft }
  for (let tries = 1; ; tries++) {
    try {
      const choice = draft ? undefined : latest
      return await createRelease(github, owner, repo, tag, { ...options, latest: choice })
    } catch (error) {
      if (!(error instanceof GitHubNetworkError)) {
        throw (error instanceof GitHubError && burntTag(error, tag)) || error
      }
      await clock.sleep(pause * tries, signal)
      const made = (await listReleases(github, owner, repo)).find((one) => one.tag_name === tag)
      if (made !== undefined) return made
      if (tries === mostTries) throw error
    }
  }
}

async function createWithFiles(
  session: ReleaseSession,
  { subject, draft, notes }: CreateRequest,
  content: Content,
  assets: LocalAsset[],
): Promise<{ release: Release; statuses: ReadonlyMap<string, AssetStatus> }> {
  const claim = await claimDraft(session, { ...content, isGiven: notes.kind === 'text' })
  if ('published' in claim) throw tagTaken(subject, claim.published)
  return whileHeld(session, claim.held, async (held) => {
    const statuses = await fillDraft(session, held, assets)
    // A complete release is an ordinary one: it needs no mark.
    const release = draft
      ? await unmark(session, held, content)
      : await publishHeld(session, held, { latest: content.latest, body: content.notes })
    if (release === null) throw tagTaken(subject, { ...held.release, draft: false })
    return { release, statuses }
  })
}

async function unmark(
  { github }: ReleaseSession,
  held: HeldDraft,
  { notes, name }: Content,
): Promise<Release> {
  const { owner, repo } = held.repo
  await held.quieten()
  await held.look()
  return updateRelease(github, owner, repo, held.release.id, { body: notes, name })
}
