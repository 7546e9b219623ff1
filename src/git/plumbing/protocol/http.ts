import { GitHubError, GitHubNetworkError, GitHubRateLimitError } from '../../../base/errors.js'
import { remotePlace } from '../../../base/names/remote.js'
import { oneLine } from '../../../base/text.js'
import { type Exchange, type HttpRequest, type Policy, stack } from '../../../http/message.js'
import {
  isRateLimited,
  type RateLimitRules,
  waitForRateLimits,
} from '../../../http/policy/rate-limit.js'
import { retry } from '../../../http/policy/retry.js'
import { createWaits, type Waits } from '../../../http/policy/waits.js'
import { request } from '../../../http/request.js'
import type { StreamedAnswer } from '../../../http/send.js'
import type { Git } from '../../git.js'
import { isLimitInWords, recogniseAnonymousLimit, waitAfterRefusal } from './anonymous-limit.js'
import { chunksOf, PacketReader } from './pkt-line.js'
import { refusal } from './refusal.js'

export interface ProtocolAnswer {
  packets: PacketReader
  /** The repository's address after redirects: a renamed one answers under its new name. */
  url: string
}

/** The version that a request asks for; an old server answers in version 0 to either. */
export type ProtocolVersion = 0 | 2

/** @see https://git-scm.com/docs/gitprotocol-http */
export function getAdvertisement(
  git: Git,
  url: string,
  version: ProtocolVersion = 2,
): Promise<ProtocolAnswer> {
  const path = '/info/refs?service=git-upload-pack'
  const type = 'application/x-git-upload-pack-advertisement'
  const headers = { ...spoken[version], accept: '*/*' }
  return ask(git, url, path, type, { method: 'GET', headers })
}

/** Posts to upload-pack. That changes nothing on the server, so it may be repeated. */
export function postUploadPack(
  git: Git,
  url: string,
  body: string,
  version: ProtocolVersion = 2,
): Promise<ProtocolAnswer> {
  const type = 'application/x-git-upload-pack-result'
  const headers = {
    ...spoken[version],
    'content-type': 'application/x-git-upload-pack-request',
    accept: type,
  }
  return ask(git, url, '/git-upload-pack', type, { method: 'POST', headers, body })
}

const spoken: Record<ProtocolVersion, Record<string, string>> = {
  0: {},
  2: { 'git-protocol': 'version=2' },
}

async function ask(
  git: Git,
  url: string,
  path: string,
  type: string,
  { method, headers, body }: Pick<HttpRequest, 'method' | 'headers' | 'body'>,
): Promise<ProtocolAnswer> {
  const base = url.replace(/\/+$/, '')
  const exchange = gitExchange(git)
  const begun = git.clock.now()
  for (;;) {
    const answer = await exchange({
      method,
      url: new URL(base + path),
      // GitHub recognises git by a name that begins like this.
      headers: { 'user-agent': 'git/wizard', ...headers },
      body,
      repeatable: true,
      signal: git.signal,
    })
    await assertType(answer, type, { method, base })
    const final = answer.url.href.replace(/\/(?:git-upload-pack|info\/refs)(?:\?.*)?$/, '')
    const packets = new PacketReader(chunksOf(git, answer), answer.url.host)
    const words = await packets.refusalAhead()
    if (words === null || !isLimitInWords(words)) return { packets, url: final }
    await packets.close()
    await waitAfterRefusal(git, { url: answer.url, begun, words })
  }
}

/** @throws GitHubError, GitHubNetworkError for an answer that is not git's */
async function assertType(
  answer: StreamedAnswer,
  type: string,
  { method, base }: { method: string; base: string },
): Promise<void> {
  const answered = answer.headers['content-type'] ?? ''
  if (answered.split(';', 1)[0]?.trim() === type) return
  await answer.discard()
  // An old server may not understand the POST; but every git server answers the GET, so here it
  // is not a git server.
  const Wrong = method === 'GET' ? GitHubNetworkError : GitHubError
  throw new Wrong(`${remotePlace(base)} answers with ${oneLine(answered, 80) || 'nothing'}`, {
    hint: 'check that this is a git server: a proxy or a login page may answer instead',
    status: answer.status,
  })
}

/** Makes an error of an error status, and reads or drops the body. */
export type ExplainRefusal = typeof refusal

type GitPolicy = Policy<HttpRequest, StreamedAnswer>

/** Milliseconds before each retry. There are few, because a server builds each pack anew. */
const pauses = [1000, 3000]

/**
 * The policies of git's requests, and those of Git LFS, shared with the API if they agree. A lost
 * connection is not retried: if a server is down, each of many repositories would wait for seconds.
 *
 * @throws what `refusal` makes of an error status; GitHubNetworkError
 */
export function gitExchange(
  git: Git,
  explain: ExplainRefusal = refusal,
): Exchange<HttpRequest, StreamedAnswer> {
  const { clock, signal, waits } = git
  const policies: GitPolicy[] = [
    refuse(git, explain),
    retry({
      waits: waits ?? createWaits({ clock, deadline: null, signal }),
      pause: (tries) => pauses[tries - 1] ?? null,
      afterLoss: false,
    }),
    ...(waits ? [waitForRateLimits(gitLimits(git, waits))] : []),
    recogniseAnonymousLimit(git),
    report(git),
  ]
  return stack(policies, ({ url, ...rest }) =>
    request(git.dispatcher, url, { ...rest, authorization: git.authorization }),
  )
}

/** Turns every error status into an error. */
const refuse =
  (git: Git, explain: ExplainRefusal): GitPolicy =>
  (next) =>
  async (one) => {
    const answer = await next(one)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw await explain(git, answer)
  }

/** Each request waits for itself: a limit of one repository says nothing about the others. */
const gitLimits = (git: Git, waits: Waits): RateLimitRules<HttpRequest, StreamedAnswer> => ({
  waits,
  limits: new Map(),
  resourceOf: () => 'git',
  isRefusal: isRateLimited,
  tooLong: async ({ url }, _limit, answer) => {
    if (answer !== undefined) return refusal(git, answer)
    return new GitHubRateLimitError(`${remotePlace(url.href)}: too many requests`)
  },
})

const report =
  ({ clock, onRequest }: Git): GitPolicy =>
  (next) =>
  async (one) => {
    const begun = clock.now()
    const answer = await next(one)
    onRequest?.(`${one.method} ${one.url} ${answer.status} ${clock.now() - begun} ms`)
    return answer
  }
