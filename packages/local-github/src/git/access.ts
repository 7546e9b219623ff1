import type { Account, Repository } from '../model/repository.js'
import type { World } from '../model/world.js'

export type Access =
  | { repository: Repository; user: Account | null; renamed: boolean }
  | { refused: 401 | 404; message: string }

/** What a request may reach: a missing repository and an invisible private one look the same. */
export function accessOf(world: World, request: Request, name: string): Access {
  const user = userOf(world, request)
  if (user === 'unknown') return { refused: 401, message: 'Invalid username or token.' }
  const present = world.repository(name)
  const repository = present ?? world.renamedFrom(name)
  if (!repository || !world.visible(repository, user)) {
    return { refused: user ? 404 : 401, message: 'Repository not found.' }
  }
  return { repository, user, renamed: !present }
}

/** The user of Basic credentials, which have a token as the password; `unknown` for a wrong one. */
function userOf({ tokens, viewer }: World, { headers }: Request): Account | 'unknown' | null {
  const header = headers.get('authorization')
  if (header === null) return null
  const [scheme, credentials = ''] = header.split(' ')
  if (scheme?.toLowerCase() !== 'basic') return 'unknown'
  const [, ...password] = Buffer.from(credentials, 'base64').toString().split(':')
  return tokens.has(password.join(':')) ? viewer : 'unknown'
}
