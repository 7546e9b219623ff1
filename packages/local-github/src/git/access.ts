import type { Account, Repository } from '../model/repository.js'
import type { World } from '../model/world.js'

/** Who asks; `readOnly` with a token that may not push. */
interface Asker {
  user: Account | null
  readOnly: boolean
}

export interface Granted extends Asker {
  repository: Repository
  /** The request had a former name. */
  renamed: boolean
}

export type Access = Granted | { refused: 401 | 404; message: string }

/** What a request may reach: a missing repository and an invisible private one look the same. */
export function accessOf(world: World, request: Request, name: string): Access {
  const asker = askerOf(world, request)
  if (!asker) return { refused: 401, message: 'Invalid username or token.' }
  const present = world.repository(name)
  const repository = present ?? world.renamedFrom(name)
  if (!repository || !world.visible(repository, asker.user)) {
    return { refused: asker.user ? 404 : 401, message: 'Repository not found.' }
  }
  return { ...asker, repository, renamed: !present }
}

/** By Basic credentials, which have a token as the password; undefined for a wrong one. */
function askerOf(world: World, { headers }: Request): Asker | undefined {
  const header = headers.get('authorization')
  if (header === null) return { user: null, readOnly: true }
  const [scheme, credentials = ''] = header.split(' ')
  if (scheme?.toLowerCase() !== 'basic') return undefined
  const [, ...password] = Buffer.from(credentials, 'base64').toString().split(':')
  const token = password.join(':')
  if (!world.tokens.has(token)) return undefined
  return { user: world.viewer, readOnly: world.readOnlyTokens.has(token) }
}
