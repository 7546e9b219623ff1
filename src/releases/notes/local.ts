import { Pacer } from '../../base/async/pacer.js'
import { GitHubNotFoundError } from '../../base/errors.js'
import { MissingObjectError } from '../../git/errors.js'
import {
  parseCommitText,
  peelToCommit,
  readCommitOrNull,
} from '../../git/plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../../git/plumbing/objects/store.js'
import { listLocalRefs } from '../../git/plumbing/refs/read.js'
import {
  commitsBetween,
  type HistoryPlace,
  type RangeCommit,
  touching,
} from '../../git/porcelain/history/history.js'
import { readWorkTree } from '../../git/repository/open.js'
import { readShallow } from '../../git/repository/shallow.js'
import {
  type NoteCommit,
  type NotesHistory,
  type NotesRequest,
  type NotesSession,
  type Person,
  pullsOf,
} from './history.js'
import { keysOf, peopleOf, personOf } from './people.js'
import { notesRangeOf } from './range.js'

const tagPrefix = 'refs/tags/'

/** A history, or the reason in words why the local one is not enough. */
export type LocalHistory = NotesHistory | { lacks: string }

/**
 * Reads the history of a work tree for the notes.
 *
 * @param source the top of the work tree
 * @throws UsageError if the previous tag is ambiguous; CorruptObjectError
 */
export async function readLocalHistory<T>(
  { signal }: Pick<NotesSession, 'signal'>,
  request: NotesRequest,
  source: string,
  use: (history: LocalHistory) => Promise<T>,
): Promise<T> {
  const tree = await readWorkTree(source)
  if (tree === null || tree.head === null) return use({ lacks: 'has no commit to read' })
  const { commonDir, head } = tree
  const store = await openObjectStore(commonDir)
  try {
    const place = { store, commonDir, signal }
    return await use(await historyOrLack(place, request, head))
  } finally {
    await store.close()
  }
}

/** A partial clone lacks trees, and an interrupted fetch may leave a ref without its commit. */
async function historyOrLack(...given: Parameters<typeof historyAt>): Promise<LocalHistory> {
  try {
    return await historyAt(...given)
  } catch (error) {
    if (error instanceof MissingObjectError) return { lacks: 'has missing objects' }
    throw error
  }
}

async function historyAt(
  place: HistoryPlace,
  request: NotesRequest,
  sourceHead: string,
): Promise<LocalHistory> {
  const { store, commonDir } = place
  const refs = await listLocalRefs(commonDir, tagPrefix)
  const tagged = async (tag: string) => {
    // If a clone has not been fetched for a while, GitHub's tags are newer.
    const oid = request.tags?.get(tag) ?? refs.get(`${tagPrefix}${tag}`)
    return oid === undefined || !(await store.has(oid)) ? null : peelToCommit(store, oid)
  }
  const ends = endsHere(request, [...refs.keys()])
  if ('lacks' in ends) return ends
  const { tag, isPlanned, previous } = ends
  const head = request.commit ?? (tag === null || isPlanned ? sourceHead : await tagged(tag))
  const base = previous === null ? null : await tagged(previous)
  if (head === null || !(await store.has(head))) return { lacks: 'does not have the commit' }
  if (previous !== null && base === null) return { lacks: `does not have ${previous}` }
  const range = await commitsBetween(place, base, head)
  if (range === null) return { lacks: 'is a shallow clone' }
  const path = request.subject.component?.path ?? '.'
  const counted = path === '.' ? range.commits : await touching(place, range, path)
  const texts = await textsOf(store, counted)
  const merges = await textsOf(
    store,
    range.commits.filter(({ parents }) => parents.length > 1),
  )
  return {
    ends,
    head,
    commits: texts,
    pulls: pullsOf(head, range.commits, messagesIn(merges)),
    knownBefore: (people) => knownBefore(place, base, people),
  }
}

function endsHere(
  request: NotesRequest,
  refs: string[],
): ReturnType<typeof notesRangeOf> | { lacks: string } {
  try {
    const own = refs.map((name) => name.slice(tagPrefix.length))
    const ends = notesRangeOf(request, new Set([...own, ...(request.tags?.keys() ?? [])]))
    // GitHub may have a tag that was not fetched.
    return ends.isPlanned && request.tags === undefined ? { lacks: 'does not have the tag' } : ends
  } catch (error) {
    // It may not have been fetched.
    if (error instanceof GitHubNotFoundError) return { lacks: 'does not have the tag' }
    throw error
  }
}

async function textsOf(store: ObjectStore, commits: RangeCommit[]): Promise<NoteCommit[]> {
  const texts: NoteCommit[] = []
  for (const { oid, parents, time } of commits) {
    const { author, message } = parseCommitText((await store.read(oid)).data)
    texts.push({ oid, parents, time, author: personOf(author), message })
  }
  return texts
}

function messagesIn(commits: NoteCommit[]): (oid: string) => string {
  const messages = new Map(commits.map(({ oid, message }) => [oid, message]))
  return (oid) => messages.get(oid) ?? ''
}

/** The most commits to search, which takes a few seconds. */
const mostCommits = 100_000

/**
 * Which of these people made a commit that `base` leads to, by login, address or name.
 *
 * @param base null: there is nothing before
 * @returns null if history is cut, or too long to search
 */
export async function knownBefore(
  { store, commonDir, signal }: HistoryPlace,
  base: string | null,
  people: Person[],
): Promise<ReadonlySet<Person> | null> {
  const known = new Set<Person>()
  if (base === null) return known
  const shallow = await readShallow(commonDir)
  const wanted = byKey(people)
  const pacer = new Pacer(signal)
  const seen = new Set([base])
  // Iterating a set includes elements that are added meanwhile.
  for (const oid of seen) {
    if (known.size === people.length) return known
    if (seen.size > mostCommits) return null
    const commit = await readCommitOrNull(store, oid)
    if (commit === null || shallow.has(oid)) return null
    const { author, message } = parseCommitText((await store.read(oid)).data)
    for (const one of peopleOf({ author: personOf(author), message })) {
      for (const key of keysOf(one)) for (const person of wanted.get(key) ?? []) known.add(person)
    }
    for (const parent of commit.parents) seen.add(parent)
    if (pacer.isDue) await pacer.rest()
  }
  return known
}

function byKey(people: Person[]): Map<string, Person[]> {
  const found = new Map<string, Person[]>()
  for (const person of people) {
    for (const key of keysOf(person)) found.set(key, [...(found.get(key) ?? []), person])
  }
  return found
}
