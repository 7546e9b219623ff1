import { sizeOf } from '../content.js'
import { receiveLfsObject } from '../model/lfs-objects.js'
import { fullName } from '../model/repository.js'
import { failure } from '../storage.js'
import { bodyOf, type LfsCall, requirePush } from './call.js'
import { type Asked, isAsked } from './object.js'
import { json, LfsError, mediaType } from './respond.js'

/** As of GitHub's free plans: https://docs.github.com/repositories/working-with-files/managing-large-files */
const mostBytes = 2 ** 31

/** In seconds. */
const lifetime = 900

/** Where an object goes; without actions if it is there. */
export function answerUpload(call: LfsCall, { oid, size }: Asked) {
  const invalid = complaint(oid, size)
  if (invalid !== undefined) return { oid, size, error: { code: 422, message: invalid } }
  if (holds(call, { oid, size })) return { oid, size }
  return {
    oid,
    size,
    actions: { upload: uploadAction(call, { oid, size }), verify: verifyAction(call) },
  }
}

function complaint(oid: string, size: number): string | undefined {
  if (!/^[0-9a-f]{64}$/.test(oid)) return 'Oid must be a sha256 in lower case hex'
  if (size < 0) return 'Size must be greater than or equal to 0'
  return size > mostBytes ? `Size must be less than or equal to ${mostBytes}` : undefined
}

function holds({ repository }: LfsCall, { oid, size }: Asked): boolean {
  const content = repository.lfsObjects.get(oid)
  return content !== undefined && sizeOf(content) === size
}

/** As on GitHub, the signature is not in the address but in a header that the client must send. */
function uploadAction({ repository, world, storage, addresses }: LfsCall, asked: Asked) {
  const expires = { expires_at: world.now(lifetime), expires_in: lifetime }
  const receive = async (request: Request) =>
    (await receiveLfsObject(repository, asked, request))
      ? new Response(null)
      : failure(400, 'XAmzContentSHA256Mismatch')
  const { path, authorization } = storage.signUpload(asked.oid, receive, expires.expires_at)
  const header = { Authorization: authorization, 'x-amz-content-sha256': asked.oid }
  return { href: addresses.storage + path, header, ...expires }
}

/** GitHub's is on a host of its own; here it is beside the batch, with the same credential. */
function verifyAction({ repository, addresses }: LfsCall) {
  const href = `${addresses.git}/${fullName(repository)}.git/info/lfs/objects/verify`
  return { href, header: { Accept: mediaType } }
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/api/basic-transfers.md#verification */
export async function verify(call: LfsCall): Promise<Response> {
  requirePush(call)
  const asked = await bodyOf(call)
  if (!isAsked(asked)) throw new LfsError(422, 'The body does not name an object')
  if (!holds(call, asked)) throw new LfsError(404, 'Object does not exist on the server')
  return json({})
}
