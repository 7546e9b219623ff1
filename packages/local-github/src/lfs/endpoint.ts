import type { Addresses } from '../addresses.js'
import type { Access } from '../git/access.js'
import { type Account, fullName, type Repository } from '../model/repository.js'
import type { World } from '../model/world.js'
import type { Storage } from '../storage.js'
import { batch } from './batch.js'
import { json, LfsError, mediaType } from './respond.js'

interface LfsRequest {
  world: World
  storage: Storage
  request: Request
  addresses: Addresses
  /** `/info/lfs/objects/batch` */
  service: string
  access: Access
}

export interface LfsCall extends Omit<LfsRequest, 'access'> {
  repository: Repository
  user: Account | null
}

const endpoints: Record<string, (call: LfsCall) => Promise<Response>> = {
  '/info/lfs/objects/batch': batch,
}

/** The API of Git LFS: https://github.com/git-lfs/git-lfs/tree/main/docs/api */
export async function answerLfs(call: LfsRequest): Promise<Response> {
  try {
    return await answer(call)
  } catch (error) {
    if (error instanceof LfsError) return error.answer()
    throw error
  }
}

async function answer({ access, ...call }: LfsRequest): Promise<Response> {
  const { request, service, world } = call
  if ('refused' in access) throw new LfsError(access.refused, access.message)
  const { repository, user, renamed } = access
  if (!user && world.anonymousGit !== 'served') throw new LfsError(401, 'Authentication required.')
  if (renamed) return moved(repository, call)
  const endpoint = request.method === 'POST' ? endpoints[service] : undefined
  if (!endpoint) throw new LfsError(404, 'Not Found')
  const accepted = request.headers.get('accept') ?? ''
  if (!accepted.includes(mediaType)) {
    throw new LfsError(406, `The Accept header must be ${mediaType}`)
  }
  return endpoint({ ...call, repository, user })
}

function moved(
  repository: Repository,
  { addresses, service }: Omit<LfsRequest, 'access'>,
): Response {
  const location = `${addresses.git}/${fullName(repository)}.git${service}`
  return json({ message: 'Moved Permanently' }, { status: 301, headers: { location } })
}
