import { z } from 'zod/mini'
import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  type WizardError,
} from '../../base/errors.js'
import { remotePlace } from '../../base/names/remote.js'
import { oneLine } from '../../base/text.js'
import type { StreamedAnswer } from '../../http/send.js'
import type { Git } from '../git.js'
import { gitExchange } from '../plumbing/protocol/http.js'
import { chunksOf } from '../plumbing/protocol/pkt-line.js'
import type { LfsPointer } from './pointer.js'

/** How to get one object: where it is, or why it is not to be had. */
export type LfsAnswer = LfsDownload | { error: WizardError }

export interface LfsDownload {
  href: URL
  /** Headers that the server wants with the request, in lower case. */
  headers: Record<string, string>
}

const type = 'application/vnd.git-lfs+json'

const answerSchema = z.object({
  transfer: z.optional(z.nullable(z.string())),
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

/** Of an answer, in bytes; a hundred objects need some 100 kB. */
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
  endpoint: URL,
  pointers: LfsPointer[],
): Promise<Map<string, LfsAnswer>> {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/objects/batch`
  const objects = pointers.map(({ oid, size }) => ({ oid, size }))
  const answer = await gitExchange(git)({
    method: 'POST',
    url,
    headers: { 'user-agent': 'git-lfs/wizard', accept: type, 'content-type': type },
    body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects }),
    repeatable: true,
    signal: git.signal,
  })
  const place = remotePlace(url.href)
  const parsed = answerSchema.safeParse(await readJson(git, answer))
  if (!parsed.success || (parsed.data.transfer ?? 'basic') !== 'basic') throw notUnderstood(place)
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

const notUnderstood = (place: string) =>
  new GitHubNetworkError(`${place} does not answer as a Git LFS server does`, {
    hint: 'is this its address? See lfs.url in .lfsconfig and in `git config --list`',
  })

/** Those that belong to a connection, and not to what is asked for. */
const hopByHop = /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect)$/

function downloadOf(
  { href, header }: { href: string; header?: Record<string, string> | null | undefined },
  endpoint: URL,
): LfsAnswer {
  const url = URL.canParse(href) ? new URL(href) : null
  const mayBe = url?.protocol === 'https:' || url?.protocol === endpoint.protocol
  if (url === null || !mayBe) {
    return {
      error: new GitHubNetworkError(`${endpoint.host} names a place that is not an https address`),
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

/** RFC 9110, 5.1 and 5.5. */
const isHeader = (name: string, value: string) =>
  /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** The server's words about one object; its codes are those of HTTP. */
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

const whereItIs = 'whoever has it can send it with `git lfs push --all origin`'
