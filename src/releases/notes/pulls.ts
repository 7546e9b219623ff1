import type { NoteCommit } from './types.js'

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
