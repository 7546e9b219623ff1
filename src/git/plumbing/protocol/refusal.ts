import {
  GitHubAuthError,
  GitHubError,
  type GitHubErrorOptions,
  GitHubNetworkError,
  GitHubNotFoundError,
  GitHubRateLimitError,
} from '../../../base/errors.js'
import { remotePlace } from '../../../base/names/remote.js'
import { oneLine } from '../../../base/text.js'
import { kindOfRefusal, requestIdOf } from '../../../http/message.js'
import { isRateLimited } from '../../../http/policy/rate-limit.js'
import type { StreamedAnswer } from '../../../http/send.js'
import type { Git } from '../../git.js'
import { withToken } from './anonymous-limit.js'
import { chunksOf } from './pkt-line.js'

/** The longest message to read from an error answer. */
const mostWords = 4096

/**
 * Explains an error status in wizard's words, and in the server's if they are plain text. Reads or
 * drops the body.
 */
export async function refusal(git: Git, answer: StreamedAnswer): Promise<GitHubError> {
  const { status, url } = answer
  const place = remotePlace(url.href)
  const words = await readWords(git, answer)
  const said = words === '' ? '' : `: ${words}`
  const options: GitHubErrorOptions = { status, requestId: requestIdOf(answer) }
  if (isRateLimited(answer)) {
    const hint =
      waitHint(answer) + ((await credentialFor(git, url)) === 'unset' ? `; ${withToken}` : '')
    return new GitHubRateLimitError(`${place}: too many requests${said}`, { ...options, hint })
  }
  if (status === 451) return blocked(place, said, options)
  const kind = kindOfRefusal(status)
  const credential = await credentialFor(git, url)
  if (kind === 'credentials' || kind === 'forbidden') {
    if (credential === 'sent') return rejected(place, said, options)
    return new GitHubAuthError(`${place}: not found, or private and ${without[credential].why}`, {
      ...options,
      hint: without[credential].hint,
    })
  }
  if (kind === 'absent') {
    const why =
      credential === 'sent'
        ? 'the token may not see it'
        : `it is private and ${without[credential].why}`
    return new GitHubNotFoundError(`${place}: no such repository, or ${why}${said}`, {
      ...options,
      hint:
        credential === 'sent'
          ? 'check the name, and what the token may read'
          : without[credential].hint,
    })
  }
  const message = `${place}: the server answers ${status}${said}`
  if (kind === 'other') return new GitHubError(message, options)
  const hint = 'the problem is on its side; try again later'
  return new GitHubNetworkError(message, { ...options, hint })
}

const rejected = (place: string, said: string, options: GitHubErrorOptions) =>
  new GitHubAuthError(`${place}: the token is not accepted here${said}`, {
    ...options,
    hint: [
      'check that it is still valid and may read this repository, with `',
      { verb: ['AUTH', 'STATUS'] },
      '`',
    ],
  })

const blocked = (place: string, said: string, options: GitHubErrorOptions) =>
  new GitHubAuthError(`${place}: unavailable for legal reasons${said}`, {
    ...options,
    hint: 'a token does not change that; the repository’s page names the notice',
  })

/** `foreign`: no token goes to that server. */
async function credentialFor(git: Git, url: URL): Promise<'sent' | 'unset' | 'foreign'> {
  if ((await git.authorization?.(url)) !== undefined) return 'sent'
  return (git.isConfigured?.(url) ?? true) ? 'unset' : 'foreign'
}

/**
 * GitHub also answers 401 for a missing repository, so that nobody can find out which ones exist.
 */
const without = {
  unset: {
    why: 'no token is set',
    hint: 'check the name; for a private repository set GITHUB_TOKEN',
  },
  foreign: {
    why: 'no token goes to that server',
    hint: 'check the address; the token goes only to the configured server',
  },
}

function waitHint({ headers }: StreamedAnswer): string {
  const seconds = Number(headers['retry-after'])
  return seconds > 0 ? `try again in ${seconds} s` : 'try again later'
}

/**
 * Reads a message in plain text, or in the JSON of Git LFS. A web page does not help a person at a
 * terminal.
 */
export async function readWords(git: Git, answer: StreamedAnswer): Promise<string> {
  const type = answer.headers['content-type'] ?? ''
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(type)
  if (!isJson && !type.startsWith('text/plain')) {
    await answer.discard()
    return ''
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of chunksOf(git, answer)) {
    chunks.push(chunk)
    length += chunk.length
    if (length > mostWords) break
  }
  const text = Buffer.concat(chunks).toString()
  return oneLine(isJson ? messageIn(text) : text)
}

function messageIn(json: string): string {
  try {
    const { message } = { message: '', ...JSON.parse(json) }
    return typeof message === 'string' ? message : ''
  } catch (error) {
    if (error instanceof SyntaxError) return ''
    throw error
  }
}
