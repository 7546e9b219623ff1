import { ConfigError, GitHubError } from '../../base/errors.js'
import { plainText } from '../../base/text.js'
import { loginsOf } from '../../github/graphql/authors.js'
import { generateNotes } from '../../github/rest/generated-notes.js'
import { listTags } from '../../github/rest/tags.js'
import { nextVersion } from '../versions/next-version.js'
import { type ConventionalChange, changeOf } from './change.js'
import type { NotesHistory, NotesRequest, NotesSession, Person } from './history.js'
import { readLocalHistory } from './local.js'
import { notesMarkdown } from './markdown.js'
import { differentPeople, peopleOf, personKeyOf, personOf } from './people.js'
import { readRemoteHistory, remoteEnds } from './remote.js'

type People = Map<ConventionalChange, Person[]>

/**
 * Release notes as markdown: the commits since the previous tag, grouped by kind, with the compare
 * link last. The same commits give the same text.
 *
 * @throws GitHubNotFoundError for an unknown tag; UsageError if the previous tag is ambiguous
 */
export async function notesFor(session: NotesSession, given: NotesRequest): Promise<string> {
  const request = await withNextVersion(session, given)
  if (request.github) return githubsNotes(session, request)
  if (request.source === null) return fromGitHub(session, request)
  const known = { ...request, tags: await tagsOf(session, request) }
  const first = await fromSource(session, known, request.source)
  if (typeof first === 'string') return first
  // A tag that the clone lacks is on GitHub, or does not exist yet.
  const asked = known.tags === undefined ? await githubsTags(session, request) : undefined
  const second = asked && (await fromSource(session, { ...request, tags: asked }, request.source))
  if (typeof second === 'string') return second
  const { lacks } = second ?? first
  session.emit({ type: 'warning', message: `${request.source} ${lacks}, so wizard asks GitHub` })
  return fromGitHub(session, request)
}

/** @returns why the clone is not enough, if it is not */
const fromSource = (session: NotesSession, request: NotesRequest, source: string) =>
  readLocalHistory(session, request, source, async (history) =>
    'lacks' in history ? history : markdownOf(session, request, history),
  )

const fromGitHub = async (session: NotesSession, request: NotesRequest): Promise<string> =>
  markdownOf(session, request, await readRemoteHistory(session, request))

/** What is not released yet becomes the version in version_file, if that has no tag yet. */
async function withNextVersion(
  { github }: NotesSession,
  request: NotesRequest,
): Promise<NotesRequest> {
  const { subject, tag, commit, source } = request
  if (tag !== null || commit !== undefined || subject.component === null) return request
  try {
    return { ...request, next: await nextVersion(github, subject.component, source) }
  } catch (error) {
    // A file that names no version is no reason to give no notes; PUBLISH says what is wrong.
    if (!(error instanceof ConfigError || error instanceof GitHubError)) throw error
    return request
  }
}

/**
 * GitHub's tags with their commits, because a clone may lack some; without a network the clone's
 * tags have to do. If both ends are named, nothing is requested.
 */
async function tagsOf(
  session: NotesSession,
  { subject, tag, previous, tags }: NotesRequest,
): Promise<NotesRequest['tags']> {
  if (tags !== undefined || (tag !== null && previous !== undefined)) return tags
  return githubsTags(session, { subject })
}

async function githubsTags(
  { github, emit }: NotesSession,
  { subject: { owner, repo } }: Pick<NotesRequest, 'subject'>,
): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map((await listTags(github, owner, repo)).map(({ name, commit }) => [name, commit]))
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    emit({ type: 'warning', message: `using the clone's own tags: ${error.message}` })
    return new Map()
  }
}

async function markdownOf(
  session: NotesSession,
  { subject: { owner, repo }, tag, commit }: NotesRequest,
  history: NotesHistory,
): Promise<string> {
  const { commits, pulls, ends, head } = history
  if (ends.isPlanned && tag !== null && commit === undefined) {
    const message = `${ends.tag} does not exist yet: its notes end at ${head.slice(0, 7)}`
    session.emit({ type: 'warning', message })
  }
  const changes = commits.map((commit) => changeOf(commit, pulls.get(commit.oid) ?? null))
  const named = new Map(changes.map((change) => [change, peopleOf(change.commit)]))
  const people = await withLogins(session, { owner, repo }, named)
  const newcomers = await newcomersIn(session, history, people)
  const page = `${session.github.gitUrl}/${owner}/${repo}`
  return notesMarkdown({ page, ends, head, changes, people, newcomers })
}

/** Asks GitHub for the logins that the addresses do not contain, once each. */
async function withLogins(
  { github }: NotesSession,
  repo: { owner: string; repo: string },
  people: People,
): Promise<People> {
  const unknown = new Map<string, string>()
  for (const [{ commit }, makers] of people) {
    for (const { login, email } of makers) {
      if (login === null && email !== '') unknown.set(email, commit.oid)
    }
  }
  const logins = await loginsOf(github, repo, [...new Set(unknown.values())])
  if (logins.size === 0) return people
  const known = ({ name, email, login }: Person): Person =>
    personOf({ name, email }, login ?? logins.get(email))
  return new Map(
    Array.from(people, ([change, makers]) => [change, differentPeople(makers.map(known))]),
  )
}

/** New contributors with their first change, youngest first; empty if that can't be known. */
async function newcomersIn(
  { emit }: NotesSession,
  history: NotesHistory,
  people: People,
): Promise<Map<Person, ConventionalChange>> {
  const first = new Map<string, { person: Person; change: ConventionalChange }>()
  for (const [change, makers] of people) {
    for (const person of makers) first.set(personKeyOf(person), { person, change })
  }
  const all = [...first.values()]
  const known = await history.knownBefore(all.map(({ person }) => person))
  if (known === null) {
    const message =
      'the earlier history is too long to find new contributors: the notes do not name them'
    emit({ type: 'warning', message })
    return new Map()
  }
  const fresh = all.filter(({ person }) => !known.has(person))
  return new Map(fresh.map(({ person, change }) => [person, change]))
}

/**
 * The notes of GitHub's own generator. It knows no components and would choose a wrong previous
 * tag, so it gets ours.
 */
async function githubsNotes(session: NotesSession, request: NotesRequest): Promise<string> {
  const { owner, repo, component } = request.subject
  if (component !== null && component.path !== '.') {
    const message = `GitHub's notes cover all of ${owner}/${repo}, not only ${component.name}`
    session.emit({ type: 'warning', message })
  }
  const { ends, head } = await remoteEnds(session, request)
  const options = {
    tag: ends.tag ?? head,
    target: head,
    previousTag: ends.previous ?? undefined,
  }
  const { body } = await generateNotes(session.github, owner, repo, options)
  return `${plainText(body).trimEnd()}\n`
}
