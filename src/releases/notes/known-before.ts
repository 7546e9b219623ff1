import { Pacer } from '../../base/async/pacer.js'
import { parseCommitText, readCommitOrNull } from '../../git/plumbing/objects/parse.js'
import type { HistoryPlace } from '../../git/porcelain/history/history.js'
import { readShallow } from '../../git/repository/shallow.js'
import { keysOf, peopleOf, personOf } from './people.js'
import type { Person } from './types.js'

/** Commits that are looked through at most, which takes a few seconds. */
const mostCommits = 100_000

/**
 * Which of these people made a commit that `base` leads to, by login, address or name.
 *
 * @param base null: there is nothing before
 * @returns null where history is cut, or too long to be looked through
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
  // A set goes on with what is added to it meanwhile.
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
