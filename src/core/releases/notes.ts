import { type Change, changeOf } from './notes/change.js'
import { readLocalHistory } from './notes/local.js'
import { notesMarkdown } from './notes/page.js'
import { keyOf, peopleOf } from './notes/people.js'
import type { NotesDeps, NotesHistory, NotesRequest, Person } from './notes/types.js'

/**
 * Release notes as markdown: the commits since the tag before, grouped by what they are, with the compare link last.
 * The same commits give the same text.
 *
 * @throws GitHubNotFoundError for a tag that is not there; UsageError where it takes a person to say which was before
 */
export async function notesFor(deps: NotesDeps, request: NotesRequest): Promise<string> {
  const { source } = request
  if (source === null) throw new Error('remote: not yet')
  return readLocalHistory(deps, request, source, async (history) => {
    if ('lacks' in history) throw new Error(history.lacks)
    return markdownOf(deps, request, history)
  })
}

async function markdownOf(
  { github }: NotesDeps,
  { subject: { owner, repo } }: NotesRequest,
  history: NotesHistory,
): Promise<string> {
  const { commits, pulls, ends, headName } = history
  const changes = commits.map((commit) => changeOf(commit, pulls.get(commit.oid) ?? null))
  const people = new Map(changes.map((change) => [change, peopleOf(change.commit)]))
  const newcomers = await newcomersIn(history, people)
  const page = `${github.gitUrl}/${owner}/${repo}`
  return notesMarkdown({ page, ends, headName, changes, people, newcomers })
}

/** By their first change, the youngest first; an empty map where nobody knows. */
async function newcomersIn(
  history: NotesHistory,
  people: ReadonlyMap<Change, Person[]>,
): Promise<Map<Person, Change>> {
  const first = new Map<string, { person: Person; change: Change }>()
  for (const [change, makers] of people) {
    for (const person of makers) first.set(keyOf(person), { person, change })
  }
  const all = [...first.values()]
  const known = await history.knownBefore(all.map(({ person }) => person))
  if (known === null) return new Map()
  const fresh = all.filter(({ person }) => !known.has(person))
  return new Map(fresh.map(({ person, change }) => [person, change]))
}
