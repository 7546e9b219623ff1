import { GitHubNotFoundError } from '../../base/errors.js'
import { MissingObjectError } from '../../git/errors.js'
import { commitOf, parseCommitText } from '../../git/plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../../git/plumbing/objects/store.js'
import { listLocalRefs } from '../../git/plumbing/refs/read.js'
import {
  commitsBetween,
  type HistoryPlace,
  type RangeCommit,
  touching,
} from '../../git/porcelain/history/history.js'
import { readWorkTree } from '../../git/repository/open.js'
import { knownBefore } from './known-before.js'
import { personOf } from './people.js'
import { pullsOf } from './pulls.js'
import { endsOf } from './range.js'
import type { NoteCommit, NotesDeps, NotesHistory, NotesRequest } from './types.js'

const tagPrefix = 'refs/tags/'

/** A history, or in words why this one can't tell. */
export type LocalHistory = NotesHistory | { lacks: string }

/**
 * Reads the history of a work tree for the notes.
 *
 * @param source the top of the work tree
 * @throws UsageError where it takes a person to say which tag was before; CorruptObjectError
 */
export async function readLocalHistory<T>(
  { signal }: Pick<NotesDeps, 'signal'>,
  request: NotesRequest,
  source: string,
  use: (history: LocalHistory) => Promise<T>,
): Promise<T> {
  const tree = await readWorkTree(source)
  if (tree === null || tree.head === null) return use({ lacks: 'has no commit to read' })
  const { commonDir, branch, head } = tree
  const store = await openObjectStore(commonDir)
  try {
    const place = { store, commonDir, signal }
    return await use(await historyOrLack(place, request, { branch, head }))
  } finally {
    await store.close()
  }
}

/** A partial clone has left out trees, and who cut the connection may have a ref without its commit. */
async function historyOrLack(...given: Parameters<typeof historyAt>): Promise<LocalHistory> {
  try {
    return await historyAt(...given)
  } catch (error) {
    if (error instanceof MissingObjectError) return { lacks: 'has left out objects' }
    throw error
  }
}

async function historyAt(
  place: HistoryPlace,
  request: NotesRequest,
  at: { branch: string | null; head: string },
): Promise<LocalHistory> {
  const { store, commonDir } = place
  const refs = await listLocalRefs(commonDir, tagPrefix)
  const tagged = async (tag: string) => {
    // Where a clone has not fetched for a while, GitHub knows better.
    const oid = request.tags?.get(tag) ?? refs.get(`${tagPrefix}${tag}`)
    return oid === undefined || !(await store.has(oid)) ? null : commitOf(store, oid)
  }
  const ends = endsHere(request, [...refs.keys()])
  if ('lacks' in ends) return ends
  const head = request.commit ?? (ends.tag === null ? at.head : await tagged(ends.tag))
  const base = ends.previous === null ? null : await tagged(ends.previous)
  if (head === null || !(await store.has(head))) return { lacks: 'does not have the commit' }
  if (ends.previous !== null && base === null) return { lacks: `does not have ${ends.previous}` }
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
    headName: request.commit === undefined && at.branch !== null ? at.branch : head,
    commits: texts,
    pulls: pullsOf(head, range.commits, messagesIn(merges)),
    knownBefore: (people) => knownBefore(place, base, people),
  }
}

function endsHere(
  request: NotesRequest,
  refs: string[],
): ReturnType<typeof endsOf> | { lacks: string } {
  try {
    const own = refs.map((name) => name.slice(tagPrefix.length))
    return endsOf(request, new Set([...own, ...(request.tags?.keys() ?? [])]))
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
