import { GitHubError } from '../../base/errors.js'
import { plainText } from '../../base/text.js'
import { loginsOf } from '../../github/graphql/authors.js'
import { generateNotes } from '../../github/rest/generated-notes.js'
import { listTags } from '../../github/rest/tags.js'
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
export async function notesFor(session: NotesSession, request: NotesRequest): Promise<string> {
  if (request.github) return githubsNotes(session, request)
  const { source } = request
  if (source !== null) {
    const known = { ...request, tags: await tagsOf(session, request) }
    const history = await readLocalHistory(session, known, source, async (history) =>
      'lacks' in history ? history : markdownOf(session, request, history),
    )
    if (typeof history === 'string') return history
    session.emit({ type: 'warning', message: `${source} ${history.lacks}, so GitHub is asked` })
  }
  return markdownOf(session, request, await readRemoteHistory(session, request))
}

/**
 * GitHub's tags with their commits, because a clone may lack some; without a network the clone's
 * tags have to do. If both ends are named, nothing is requested.
 */
async function tagsOf(
  { github, emit }: NotesSession,
  { subject: { owner, repo }, tag, previous, tags }: NotesRequest,
): Promise<NotesRequest['tags']> {
  if (tags !== undefined || (tag !== null && previous !== undefined)) return tags
  try {
    return new Map((await listTags(github, owner, repo)).map(({ name, commit }) => [name, commit]))
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    emit({ type: 'warning', message: `the clone's own tags count: ${error.message}` })
    return new Map()
  }
}

async function markdownOf(
  session: NotesSession,
  { subject: { owner, repo } }: NotesRequest,
  history: NotesHistory,
): Promise<string> {
  const { commits, pulls, ends, headName } = history
  const changes = commits.map((commit) => changeOf(commit, pulls.get(commit.oid) ?? null))
  const named = new Map(changes.map((change) => [change, peopleOf(change.commit)]))
  const people = await withLogins(session, { owner, repo }, named)
  const newcomers = await newcomersIn(session, history, people)
  const page = `${session.github.gitUrl}/${owner}/${repo}`
  return notesMarkdown({ page, ends, headName, changes, people, newcomers })
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
    const message = 'the history before is too long to tell who is new: the notes do not say it'
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
    const message = `GitHub's notes tell of all of ${owner}/${repo}, not of ${component.name} alone`
    session.emit({ type: 'warning', message })
  }
  const { ends, head, headName } = await remoteEnds(session, request)
  const options = {
    tag: ends.tag ?? headName,
    target: head,
    previousTag: ends.previous ?? undefined,
  }
  const { body } = await generateNotes(session.github, owner, repo, options)
  return `${plainText(body).trimEnd()}\n`
}
