import type { ReleaseSubject } from '../info.js'
import type { ReleaseSession } from '../session.js'

type Linked = Pick<NoteCommit, 'oid' | 'parents'>

/** GitHub's subject for the merge of a pull request. */
const mergeSubject = /^Merge pull request #(\d{1,9}) from /

export const pullMergedBy = (message: string): number | null => {
  const number = mergeSubject.exec(message)?.[1]
  return number === undefined ? null : Number(number)
}

/**
 * Maps commits to the pull requests that brought them in: the commits that a merge reaches only by
 * its second parent. Merges are visited along the first parents, oldest first, and each commit
 * belongs to the first one that reaches it.
 *
 * @param commits all of the range
 * @param messageOf of a merge
 */
export function pullsOf(
  head: string,
  commits: Iterable<Linked>,
  messageOf: (oid: string) => string,
): Map<string, number> {
  const known = new Map<string, Linked>(Array.from(commits, (commit) => [commit.oid, commit]))
  const line: Linked[] = []
  for (let at = known.get(head); at !== undefined; at = known.get(at.parents[0] ?? ''))
    line.push(at)
  const taken = new Set(line.map(({ oid }) => oid))
  const pulls = new Map<string, number>()
  for (const merge of line.reverse()) {
    if (merge.parents.length < 2) continue
    const pull = pullMergedBy(messageOf(merge.oid))
    for (const oid of reachedFrom(merge.parents.slice(1), known, taken)) {
      if (pull !== null) pulls.set(oid, pull)
    }
  }
  return pulls
}

/** Yields and claims the commits of the range that no merge has claimed yet. */
function* reachedFrom(
  tips: string[],
  known: ReadonlyMap<string, Linked>,
  taken: Set<string>,
): Generator<string> {
  const pending = [...tips]
  for (let oid = pending.pop(); oid !== undefined; oid = pending.pop()) {
    const commit = known.get(oid)
    if (commit === undefined || taken.has(oid)) continue
    taken.add(oid)
    yield oid
    pending.push(...commit.parents)
  }
}

/** What notes need; a GitHubClient fits as `github`. */
export type NotesSession = Pick<ReleaseSession, 'github' | 'emit' | 'signal'>

/** Selects the commits of the notes. */
export interface NotesRequest {
  /**
   * A component's path limits the notes, and its template defines the tags that are its versions.
   */
  subject: ReleaseSubject
  /** The tag, or a version of the subject, which need not exist yet; null: the unreleased changes. */
  tag: string | null
  /** The component's next version, for `tag: null`: its tag is the end if it does not exist yet. */
  next?: string | null | undefined
  /**
   * The full id of the tag's commit. Default: the tag's commit; without a tag, and for one that does
   * not exist yet, HEAD of the source or of the default branch.
   */
  commit?: string | undefined
  /** The previous tag or version; default: the highest lower version of the subject. */
  previous?: string | undefined
  /**
   * The top of the work tree to read, absolute. If it is null, or its history is cut, GitHub is
   * asked.
   */
  source: string | null
  /** GitHub's tags with their commits, if known; default: they are requested when needed. */
  tags?: ReadonlyMap<string, string> | undefined
  /** Uses GitHub's own generator, with the same previous tag. */
  github?: boolean | undefined
}

/** An author or committer. */
export interface Person {
  name: string
  /** In lower case; never shown. */
  email: string
  /** Their GitHub login; null if unknown. */
  login: string | null
}

export interface NoteCommit {
  oid: string
  parents: string[]
  /** The committer's time, in seconds since 1970. */
  time: number
  author: Person
  message: string
}

/** The two ends of the notes. */
export interface NotesRange {
  /** null: the unreleased changes. */
  tag: string | null
  /** Whether the tag does not exist yet. */
  isPlanned: boolean
  previous: string | null
}

/** The part of a history that the notes need, local or on GitHub. */
export interface NotesHistory {
  ends: NotesRange
  /** The full id of the last commit. */
  head: string
  /** The commits to list, youngest first. */
  commits: NoteCommit[]
  /** Pull requests by the commits that their merges brought in. */
  pulls: ReadonlyMap<string, number>
  /** Those of these people who made a commit before; null if that can't be known. */
  knownBefore(people: Person[]): Promise<ReadonlySet<Person> | null>
}
