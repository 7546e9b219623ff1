import type { Access } from '../git/access.js'
import { fullName, type Repository } from '../model/repository.js'
import { batch } from './batch.js'
import { type LfsCall, type LfsRequest, requirePush } from './call.js'
import { json, LfsError, mediaType } from './respond.js'
import { verify } from './uploads.js'

const endpoints: Record<string, (call: LfsCall) => Promise<Response>> = {
  '/info/lfs/objects/batch': batch,
  '/info/lfs/objects/verify': verify,
  '/info/lfs/locks/verify': verifyLocks,
}

/** The API of Git LFS: https://github.com/git-lfs/git-lfs/tree/main/docs/api */
export async function answerLfs(call: LfsRequest & { access: Access }): Promise<Response> {
  try {
    return await answer(call)
  } catch (error) {
    if (error instanceof LfsError) return error.answer()
    throw error
  }
}

async function answer({ access, ...call }: LfsRequest & { access: Access }): Promise<Response> {
  const { request, service, world } = call
  if ('refused' in access) throw new LfsError(access.refused, access.message)
  const limited = !access.user && world.anonymousGit !== 'served'
  if (limited) throw new LfsError(401, 'Authentication required.')
  if (access.renamed) return moved(access.repository, call)
  const endpoint = request.method === 'POST' ? endpoints[service] : undefined
  if (!endpoint) throw new LfsError(404, 'Not Found')
  if (!request.headers.get('accept')?.includes(mediaType)) {
    throw new LfsError(406, `The Accept header must be ${mediaType}`)
  }
  return endpoint({ ...call, ...access })
}

function moved(repository: Repository, { addresses, service }: LfsRequest): Response {
  const location = `${addresses.git}/${fullName(repository)}.git${service}`
  return json({ message: 'Moved Permanently' }, { status: 301, headers: { location } })
}

/**
 * The locks that a push must respect: none. Locks can't be made here.
 * https://github.com/git-lfs/git-lfs/blob/main/docs/api/locking.md#list-locks-for-verification
 */
async function verifyLocks(call: LfsCall): Promise<Response> {
  requirePush(call)
  return json({ ours: [], theirs: [] })
}
