import { sizeOf } from '../content.js'
import type { LfsCall } from './endpoint.js'
import { json, LfsError } from './respond.js'

interface AskedObject {
  oid: string
  size: number
}

interface Asked {
  operation: 'download' | 'upload'
  objects: AskedObject[]
}

/**
 * Says where each object is, or goes. Like GitHub, it has no limit of its own: git-lfs asks for a
 * hundred at once. https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 */
export async function batch(call: LfsCall): Promise<Response> {
  const { operation, objects } = parse(await call.request.text())
  if (operation === 'upload') throw new LfsError(501, 'Uploads are not implemented')
  return json({ objects: objects.map((object) => answerObject(call, object)) })
}

function answerObject(call: LfsCall, { oid, size }: AskedObject) {
  const content = call.repository.lfsObjects.get(oid)
  if (!content || sizeOf(content) !== size) return { oid, size, error: missing }
  const { world, storage, addresses } = call
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

/** @throws LfsError 422 for another shape, 409 for another hash than sha256 */
function parse(text: string): Asked {
  const asked = parsed(text)
  if (!isAsked(asked)) throw new LfsError(422, 'The body is no batch request')
  const { hash_algo: algorithm = 'sha256' } = asked as { hash_algo?: unknown }
  if (algorithm !== 'sha256') throw new LfsError(409, 'The hash algorithm must be sha256')
  return asked
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isAsked(value: unknown): value is Asked {
  if (typeof value !== 'object' || value === null) return false
  const { operation, objects } = value as Partial<Record<string, unknown>>
  return (
    (operation === 'download' || operation === 'upload') &&
    Array.isArray(objects) &&
    objects.every(isAskedObject)
  )
}

function isAskedObject(value: unknown): value is AskedObject {
  if (typeof value !== 'object' || value === null) return false
  const { oid, size } = value as Partial<Record<string, unknown>>
  return typeof oid === 'string' && Number.isSafeInteger(size)
}
