import type { ReleaseDeps } from '../deps.js'
import type { ReleaseSubject } from '../types.js'

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
