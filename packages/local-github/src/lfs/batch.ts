import { sizeOf } from '../content.js'
import { bodyOf, type LfsCall, requirePush } from './call.js'
import { type Asked, isAsked } from './object.js'
import { json, LfsError } from './respond.js'
import { answerUpload } from './uploads.js'

/**
 * Says where each object is, or goes. It has no limit of its own: git-lfs asks for a hundred at
 * once. https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 *
 * @throws LfsError 422 for a body of another shape, 409 for another hash than sha256
 */
export async function batch(call: LfsCall): Promise<Response> {
  const body = await bodyOf(call)
  if (!isBatch(body)) throw new LfsError(422, 'The body is not a batch request')
  if (![undefined, 'sha256'].includes(body.hash_algo)) {
    throw new LfsError(409, 'The hash algorithm must be sha256')
  }
  if (body.operation === 'upload') requirePush(call)
  const answer = body.operation === 'upload' ? answerUpload : answerDownload
  return json({ objects: body.objects.map((object) => answer(call, object)) })
}

function answerDownload({ repository, world, storage, addresses }: LfsCall, asked: Asked) {
  const { oid, size } = asked
  const content = repository.lfsObjects.get(oid)
  if (!content || sizeOf(content) !== size) return { oid, size, error: missing }
  const expires = { expires_at: world.now(lifetime), expires_in: lifetime }
  const blob = { content, type: 'application/octet-stream', name: oid }
  const href = addresses.storage + storage.sign(blob, expires.expires_at)
  return { oid, size, actions: { download: { href, ...expires } } }
}

/** Of an address, in seconds. */
const lifetime = 3600

const missing = {
  code: 404,
  message: "Object does not exist on the server or you don't have permissions to access it",
}

interface Batch {
  operation: 'download' | 'upload'
  objects: Asked[]
  hash_algo?: string
}

function isBatch(value: unknown): value is Batch {
  if (typeof value !== 'object' || value === null) return false
  const { operation, objects } = value as Partial<Record<string, unknown>>
  return (
    (operation === 'download' || operation === 'upload') &&
    Array.isArray(objects) &&
    objects.every(isAsked)
  )
}
