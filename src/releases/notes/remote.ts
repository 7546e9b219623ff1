import pLimit from 'p-limit'
import { type CommitData, compareCommits, listCommits } from '../../github/rest/commits.js'
import { getRepo } from '../../github/rest/repositories.js'
import { listTags } from '../../github/rest/tags.js'
import type { ReleaseSubject } from '../info.js'
import type {
  NoteCommit,
  NotesHistory,
  NotesRange,
  NotesRequest,
  NotesSession,
  Person,
} from './history.js'
import { pullsOf } from './history.js'
import { personOf } from './people.js'
import { notesRangeOf } from './range.js'

type GitHub = Pick<NotesSession, 'github'>

/** Both ends, and what GitHub knows of them. */
export interface RemoteEnds {
  ends: NotesRange
  head: string
  /** The commit of the previous tag; null if there is none. */
  base: string | null
}

/**
 * Asks GitHub for its tags, and finds both ends of the notes.
 *
 * @throws GitHubNotFoundError for an unknown tag, with the existing ones
 */
export async function remoteEnds({ github }: GitHub, request: NotesRequest): Promise<RemoteEnds> {
  const { owner, repo } = request.subject
  const listed = await listTags(github, owner, repo)
  const tags = new Map(listed.map(({ name, commit }) => [name, commit]))
  const ends = notesRangeOf(request, new Set(tags.keys()))
  const base = tags.get(ends.previous ?? '') ?? null
  const head = request.commit ?? tags.get(ends.tag ?? '')
  if (head !== undefined) return { ends, base, head }
  const branch = (await getRepo(github, owner, repo)).default_branch
  const [tip] = await listCommits(github, request.subject, { from: branch, limit: 1 })
  return { ends, base, head: tip?.oid ?? branch }
}

/** Like a local history, as far as GitHub's API allows. */
export async function readRemoteHistory(
  session: GitHub,
  request: NotesRequest,
): Promise<NotesHistory> {
  const { subject } = request
  const { base, ...ends } = await remoteEnds(session, request)
  const { all, counted } = await commitsOf(session, subject, base, ends.head)
  const messages = new Map(all.map(({ oid, message }) => [oid, message]))
  return {
    ...ends,
    commits: counted.map(toNoteCommit).sort((one, other) => other.time - one.time),
    pulls: pullsOf(ends.head, all, (oid) => messages.get(oid) ?? ''),
    knownBefore: (people) => knownBefore(session, subject, base, people),
  }
}

/** The commits of the range, and those of them to list, both youngest first. */
async function commitsOf(
  { github }: GitHub,
  { component, ...repo }: ReleaseSubject,
  base: string | null,
  head: string,
): Promise<{ all: CommitData[]; counted: CommitData[] }> {
  const path = component === null || component.path === '.' ? undefined : component.path
  if (base === null) {
    const all = await listCommits(github, repo, { from: head, path })
    return { all, counted: all }
  }
  const all = (await compareCommits(github, repo, base, head)).reverse()
  if (path === undefined || all.length === 0) return { all, counted: all }
  const since = new Date((Math.min(...all.map(timeOf)) - skew) * 1000).toISOString()
  const touching = await listCommits(github, repo, { from: head, path, since })
  const oids = new Set(touching.map(({ oid }) => oid))
  return { all, counted: all.filter(({ oid }) => oids.has(oid)) }
}

/** Assumed clock skew, in seconds. */
const skew = 86_400

const timeOf = ({ committed_at: time }: CommitData): number =>
  time === null ? 0 : Math.floor(Date.parse(time) / 1000) || 0

const toNoteCommit = (commit: CommitData): NoteCommit => ({
  oid: commit.oid,
  parents: commit.parents,
  time: timeOf(commit),
  author: personOf(commit.author, commit.login),
  message: commit.message,
})

/** The most people to ask GitHub about, one by one. */
const mostAsked = 20

async function knownBefore(
  { github }: GitHub,
  { owner, repo }: ReleaseSubject,
  base: string | null,
  people: Person[],
): Promise<ReadonlySet<Person> | null> {
  if (base === null) return new Set()
  if (people.length > mostAsked) return null
  const limit = pLimit(4)
  const known = await Promise.all(
    people.map((person) =>
      limit(async () => {
        const author = person.login ?? person.email
        // Without login and address nobody can be searched for, so the person does not count as
        // new.
        if (author === '') return [person]
        const found = await listCommits(github, { owner, repo }, { from: base, author, limit: 1 })
        return found.length > 0 ? [person] : []
      }),
    ),
  )
  return new Set(known.flat())
}
