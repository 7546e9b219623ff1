import { GitHubNetworkError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import type { Invocation } from '../invocation.js'
import type { FlagSpecs } from './flags.js'

/** The flag of verbs whose result has a page on GitHub. */
export const webFlag = {
  web: { type: 'boolean', summary: 'open its page in the browser, and print the address' },
} as const satisfies FlagSpecs

/** The result of a verb that opens a page; its keys are those of `--json`. */
export class WebPage {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }
}

/**
 * Opens a page of the configured server on a terminal. Elsewhere, and without a browser, the
 * address is all.
 *
 * @throws GitHubNetworkError for an address elsewhere, which only a server's answer can have
 */
export async function openPage(invocation: Invocation, address: string): Promise<WebPage> {
  // Loaded late: completion loads every verb's file.
  const [{ parseUrl, webHostOf }, { github }] = await Promise.all([
    import('../base/names/host.js'),
    invocation.config(),
  ])
  const { baseUrl, gitUrl } = github
  const url = parseUrl(address)
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.username === ''
  if (!isWeb || ![new URL(gitUrl).host, webHostOf(baseUrl)].includes(url.host)) {
    throw new GitHubNetworkError(
      `GitHub's answer has a page that is not on ${new URL(gitUrl).host}: ${oneLine(address, 200)}`,
    )
  }
  if (invocation.terminal.out.isTerminal) await invocation.openBrowser(url.href)
  return new WebPage(url.href)
}
