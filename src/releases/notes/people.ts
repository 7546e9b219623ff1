import type { Author } from '../../git/plumbing/objects/parse.js'
import type { NoteCommit, Person } from './history.js'

/** What GitHub lets an account be called; an app's ends in `[bot]`. */
const login = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/

export const isLogin = (text: string): boolean => login.test(text)

/**
 * A person by what git knows of them; the address that GitHub gives to those who keep theirs to themselves tells the
 * login: `ID+login@users.noreply.github.com`.
 *
 * @param known what GitHub says the login is
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

/** Who made a commit, and those who it says made it with them. */
export function peopleOf({ author, message }: Pick<NoteCommit, 'author' | 'message'>): Person[] {
  const others = Array.from(message.matchAll(trailer), ([, name = '', email = '']) =>
    personOf({ name, email }),
  )
  return differentPeople([author, ...others])
}

/** Each once, where it stands first. */
export function differentPeople(people: Person[]): Person[] {
  const found = new Map<string, Person>()
  for (const person of people) {
    const key = personKeyOf(person)
    if (key !== '' && !found.has(key)) found.set(key, person)
  }
  return [...found.values()]
}

/** The same for the same person, as far as can be told: by login, else address, else name. */
export const personKeyOf = ({ login, email, name }: Person): string =>
  login !== null ? `@${login.toLowerCase()}` : email || name.toLowerCase()

/** All by which a person may have been known before. */
export const keysOf = ({ login, email, name }: Person): string[] =>
  [login === null ? '' : `@${login.toLowerCase()}`, email, name.toLowerCase()].filter(Boolean)
