import type { Author } from '../../git/plumbing/objects/parse.js'
import type { NoteCommit, Person } from './history.js'

/** GitHub's rule for logins; an app's ends in `[bot]`. */
const login = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/

export const isLogin = (text: string): boolean => login.test(text)

/**
 * A person by their git identity. GitHub's noreply address contains the login:
 * `ID+login@users.noreply.github.com`.
 *
 * @param known the login according to GitHub
 */
export function personOf({ name, email }: Author, known?: string | null): Person {
  const address = email.trim().toLowerCase()
  const own = /^(?:\d+\+)?([^@+]+)@users\.noreply\.[\w.-]+$/i.exec(email.trim())?.[1]
  const found = known ?? own ?? null
  return {
    name: name.trim(),
    email: address,
    login: found !== null && isLogin(found) ? found : null,
  }
}

const trailer = /^co-authored-by:[ \t]*([^<\n]*)<([^>\n]*)>[ \t]*$/gim

/** The author of a commit, and the co-authors that its message names. */
export function peopleOf({ author, message }: Pick<NoteCommit, 'author' | 'message'>): Person[] {
  const others = Array.from(message.matchAll(trailer), ([, name = '', email = '']) =>
    personOf({ name, email }),
  )
  return differentPeople([author, ...others])
}

/** Without duplicates; the first occurrence stays. */
export function differentPeople(people: Person[]): Person[] {
  const found = new Map<string, Person>()
  for (const person of people) {
    const key = personKeyOf(person)
    if (key !== '' && !found.has(key)) found.set(key, person)
  }
  return [...found.values()]
}

/** Equal for the same person, as far as known: by login, otherwise address, otherwise name. */
export const personKeyOf = ({ login, email, name }: Person): string =>
  login !== null ? `@${login.toLowerCase()}` : email || name.toLowerCase()

/** Every key under which a person may have been known before. */
export const keysOf = ({ login, email, name }: Person): string[] =>
  [login === null ? '' : `@${login.toLowerCase()}`, email, name.toLowerCase()].filter(Boolean)
