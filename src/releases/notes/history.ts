import type { ReleaseSubject } from '../info.js'
import type { ReleaseDeps } from '../session.js'

type Linked = Pick<NoteCommit, 'oid' | 'parents'>

/** GitHub's own words for a merge of a pull request. */
const mergeSubject = /^Merge pull request #(\d{1,9}) from /

export const pullMergedBy = (message: string): number | null => {
  const number = mergeSubject.exec(message)?.[1]
  return number === undefined ? null : Number(number)
}

/**
 * Which pull request brought in which commit: those that a merge reaches by its second parent alone. Along the first
 * parents, from the oldest merge on, each commit belongs to the first that reaches it.
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

/** Commits of the range that nobody has taken yet, and takes them. */
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

/** What notes are made with; a GitHubClient is such a `github`. */
export type NotesDeps = Pick<ReleaseDeps, 'github' | 'emit' | 'signal'>

/** Of which commits notes are to tell. */
export interface NotesRequest {
  /** A component's path limits the notes, and its template says which tags are versions of it. */
  subject: ReleaseSubject
  /** The tag, or a version of the subject; null: what is not released yet. */
  tag: string | null
  /**
   * The full id of the commit that the tag is, or will be, at: a tag that is not there yet needs it. Default: the tag's
   * commit; without a tag, HEAD of the source, else of the default branch.
   */
  commit?: string | undefined
  /** Tag or version before; default: the highest lower version of the subject. */
  previous?: string | undefined
  /** The top of a work tree whose history is read, absolute; null, or where it is cut: GitHub is asked. */
  source: string | null
  /** GitHub's tags with their commits, where they are known; default: it is asked, where that matters. */
  tags?: ReadonlyMap<string, string> | undefined
  /** By GitHub's own generator, with the same tag before. */
  github?: boolean | undefined
}

/** Who made a commit. */
export interface Person {
  name: string
  /** In lower case; it is never shown. */
  email: string
  /** Their name on GitHub; null where it is not known. */
  login: string | null
}

export interface NoteCommit {
  oid: string
  parents: string[]
  /** Seconds since 1970 at which it was committed. */
  time: number
  author: Person
  message: string
}

/** The two ends of the notes. */
export interface NotesEnds {
  /** null: what is not released yet. */
  tag: string | null
  previous: string | null
}

/** What a history tells for the notes, be it local or on GitHub. */
export interface NotesHistory {
  ends: NotesEnds
  /** The full id of the last commit. */
  head: string
  /** How the last commit is named in a link, where there is no tag. */
  headName: string
  /** Those that count, the youngest first. */
  commits: NoteCommit[]
  /** Pull requests by commits that a merge of one brought in. */
  pulls: ReadonlyMap<string, number>
  /** Of these, those who made a commit before; null where nobody can tell. */
  knownBefore(people: Person[]): Promise<ReadonlySet<Person> | null>
}
