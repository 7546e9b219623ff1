import { GitHubError, GitHubNotFoundError } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import type { PackAnswer, PackRequest } from './pack-answer.js'
import type { PacketReader } from './pkt-line.js'
import type { Remote } from './remote-refs.js'
import { requestPackV0 } from './request-pack-v0.js'
import { requestPackV2 } from './request-pack-v2.js'

/**
 * Requests a pack of the wanted objects that are missing here, and passes it on as it arrives.
 *
 * @throws GitHubNotFoundError if the server does not have, or does not serve, what is wanted
 * @throws GitHubError, GitHubNetworkError, and the other errors of http.ts
 */
export async function requestPack<T>(
  git: Git,
  remote: Remote,
  request: PackRequest,
  take: (answer: PackAnswer) => Promise<T>,
): Promise<T> {
  let packets: PacketReader | undefined
  try {
    const opened =
      remote.version === 2
        ? await requestPackV2(git, remote, request)
        : await requestPackV0(git, remote, request)
    packets = opened.packets
    const taken = await take(opened)
    await packets.finish()
    return taken
  } catch (error) {
    throw isUnknownObject(error) ? notThere(error) : error
  } finally {
    await packets?.close()
  }
}

const isUnknownObject = (error: unknown): error is GitHubError =>
  error instanceof GitHubError && /not our ref|unadvertised object/.test(error.message)

const notThere = (cause: GitHubError) =>
  new GitHubNotFoundError(cause.message, {
    hint: 'the commit is not, or no more, in this repository',
    cause,
  })
