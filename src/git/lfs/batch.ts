import { z } from 'zod/mini'
import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  type WizardError,
} from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import { isPrivate } from '../../base/names/host.js'
import { remotePlace } from '../../base/names/remote.js'
import { oneLine } from '../../base/text.js'
import { requestIdOf } from '../../http/message.js'
import { isRateLimited } from '../../http/policy/rate-limit.js'
import type { StreamedAnswer } from '../../http/send.js'
import type { Git } from '../git.js'
import { type ExplainRefusal, gitExchange } from '../plumbing/protocol/http.js'
import { chunksOf } from '../plumbing/protocol/pkt-line.js'
import { readWords, refusal } from '../plumbing/protocol/refusal.js'
import type { LfsPointer } from './pointer.js'
import type { LfsSettings } from './settings.js'

/** Where one object is, or why it can't be had. */
export type LfsAnswer = LfsDownload | { error: WizardError }

export interface LfsDownload {
  href: URL
  /** Headers that the server wants with the request, in lower case. */
  headers: Record<string, string>
}

/** A server of Git LFS. */
export type LfsServer = Pick<LfsSettings, 'endpoint' | 'isFromLfsconfig' | 'isForeign'>

const mediaType = 'application/vnd.git-lfs+json'

const answerSchema = z.object({
  transfer: z.optional(z.nullable(z.string())),
  hash_algo: z.optional(z.nullable(z.string())),
  objects: z.array(
    z.object({
      oid: z.string(),
      actions: z.optional(
        z.nullable(
          z.object({
            download: z.optional(
              z.nullable(
                z.object({
                  href: z.string(),
                  header: z.optional(z.nullable(z.record(z.string(), z.string()))),
                }),
              ),
            ),
          }),
        ),
      ),
      error: z.optional(z.nullable(z.object({ code: z.number(), message: z.string() }))),
    }),
  ),
})

/** In bytes. An answer about a hundred objects has some 100 kB. */
const longestAnswer = 16 * 1024 ** 2

/**
 * Asks an LFS server where the content of pointers is. The request changes nothing there, so it may
 * be repeated.
 *
 * @returns an answer for each pointer, by its oid
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, GitHubNetworkError,
 *   GitHubError
 */
export async function requestDownloads(
  git: Git,
  { endpoint, isFromLfsconfig, isForeign }: LfsServer,
  pointers: LfsPointer[],
): Promise<Map<string, LfsAnswer>> {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/objects/batch`
  const objects = pointers.map(({ oid, size }) => ({ oid, size }))
  const answer = await gitExchange(
    git,
    lfsRefusal({ isFromLfsconfig, isForeign }),
  )({
    method: 'POST',
    url,
    headers: { 'user-agent': 'git-lfs/wizard', accept: mediaType, 'content-type': mediaType },
    body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects }),
    repeatable: true,
    signal: git.signal,
  })
  const place = remotePlace(url.href)
  const parsed = answerSchema.safeParse(await readJson(git, answer))
  if (!parsed.success) throw notUnderstood(place)
  const { transfer, hash_algo: hash } = parsed.data
  if ((transfer ?? 'basic') !== 'basic') throw unknownWay(place, `the transfer ${transfer}`)
  if ((hash ?? 'sha256') !== 'sha256') throw unknownWay(place, `the hash ${hash}`)
  const found = new Map(parsed.data.objects.map((one) => [one.oid, one]))
  return new Map(
    pointers.map(({ oid }) => {
      const { error, actions } = found.get(oid) ?? {}
      if (error) return [oid, { error: explain(place, error) }]
      const download = actions?.download
      if (!download) return [oid, { error: absent(place) }]
      return [oid, downloadOf(download, endpoint)]
    }),
  )
}

/** @returns undefined if it is not JSON, or too long for an answer */
async function readJson(git: Git, answer: StreamedAnswer): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of chunksOf(git, answer)) {
    length += chunk.length
    if (length > longestAnswer) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Explains a refused batch, and says so if `.lfsconfig` named the server. */
const lfsRefusal =
  ({
    isFromLfsconfig,
    isForeign,
  }: Pick<LfsServer, 'isFromLfsconfig' | 'isForeign'>): ExplainRefusal =>
  async (git, answer) => {
    const { status } = answer
    if (isRateLimited(answer) || ![401, 403, 404].includes(status)) return refusal(git, answer)
    const server =
      remotePlace(answer.url.href) + (isFromLfsconfig ? ', which .lfsconfig names' : '')
    const words = await readWords(git, answer)
    const said = words === '' ? '' : `: ${words}`
    const options = { status, requestId: requestIdOf(answer) }
    if (status === 404) {
      const message = `${server}: no Git LFS found, or the token may not see it${said}`
      return new GitHubNotFoundError(message, options)
    }
    const message = `${server}: Git LFS: ${words || 'the server refuses'}`
    return new GitHubAuthError(message, {
      ...options,
      hint: await remedyFor(git, answer, isForeign),
    })
  }

async function remedyFor(
  { authorization }: Git,
  { status, url }: StreamedAnswer,
  isForeign: boolean,
): Promise<Hint | undefined> {
  if (isForeign) return 'wizard sends no token to a server that a repository chooses'
  const known = (await authorization?.(url)) !== undefined
  if (!known) return 'for a private repository set GITHUB_TOKEN'
  return status === 401
    ? ['check that the token is still valid with `', { verb: ['AUTH', 'STATUS'] }, '`']
    : undefined
}

const notUnderstood = (place: string) =>
  new GitHubNetworkError(`${place} does not answer as a Git LFS server does`, {
    hint: 'check its address: lfs.url in .lfsconfig and in `git config --list`',
  })

const unknownWay = (place: string, way: string) =>
  new GitHubNetworkError(
    `${place}: Git LFS: the server requires ${oneLine(way, 60)}, which wizard does not support`,
  )

/** Headers of one connection or message (RFC 9110, 7.6.1), which the server may not choose. */
const hopByHop = /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect)$/

function downloadOf(
  { href, header }: { href: string; header?: Record<string, string> | null | undefined },
  endpoint: URL,
): LfsAnswer {
  const url = URL.canParse(href) ? new URL(href) : null
  if (url === null || !isPrivate(url)) {
    return {
      error: new GitHubNetworkError(`${endpoint.host} returned an address that is not https`),
    }
  }
  const { username, password } = url
  url.username = ''
  url.password = ''
  const headers = Object.entries(header ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name, value]) => isHeader(name, value) && !hopByHop.test(name))
  if (username !== '') {
    const credential = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    headers.unshift(['authorization', `Basic ${Buffer.from(credential).toString('base64')}`])
  }
  return { href: url, headers: Object.fromEntries(headers) }
}

/** Whether HTTP allows it (RFC 9110, 5.1 and 5.5). */
const isHeader = (name: string, value: string) =>
  /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** Makes an error of what the server says about one object; its codes are those of HTTP. */
function explain(place: string, { code, message }: { code: number; message: string }): WizardError {
  const said = oneLine(message, 200)
  const text = `${place}: Git LFS: ${said || `refused with ${code}`}`
  if (code === 404 || code === 410)
    return new GitHubNotFoundError(text, { hint: whereItIs, status: code })
  if (code === 401 || code === 403) return new GitHubAuthError(text, { status: code })
  return code >= 500 && code !== 507
    ? new GitHubNetworkError(text, { status: code, hint: 'try again later' })
    : new GitHubError(text, { status: code })
}

const absent = (place: string) =>
  new GitHubNotFoundError(`${place}: Git LFS: the server does not have the object`, {
    hint: whereItIs,
  })

const whereItIs = 'somebody who has it can upload it with `git lfs push --all origin`'
