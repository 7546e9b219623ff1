import { isPrivate } from '../../base/names/host.js'
import { oneLine } from '../../base/text.js'
import type { BytePath } from '../plumbing/byte-path.js'
import { hasControl } from './names.js'
import { refusedSubmodule } from './refusal.js'

/**
 * The address that git writes into the configuration: one that begins with `./` or `../` starts
 * from the superproject's, any other one is taken as it is.
 *
 * @param origin the superproject's address as its configuration has it
 * @see https://git-scm.com/docs/gitmodules (submodule.NAME.url)
 * @throws PathError if it leaves its host
 */
export function resolveAddress(path: BytePath, address: string, origin: string): string {
  if (!/^\.{1,2}\//.test(address)) return address
  const [, root = '', folders = ''] =
    /^([a-z][a-z+.-]*:\/\/[^/]+\/|[^/:]+:)(.*)$/i.exec(origin) ?? []
  const base = folders.replace(/\/$/, '').split('/')
  let rest = address
  for (let step = /^\.{1,2}\//.exec(rest); step !== null; step = /^\.{1,2}\//.exec(rest)) {
    rest = rest.slice(step[0].length)
    if (step[0] === '../' && base.pop() === undefined) {
      throw refusedSubmodule(path, `its address ${shown(address)} leaves the host`)
    }
  }
  return (root + [...base, rest].join('/')).replace(/\/$/, '')
}

const scpAddress = /^(?:[^@/\s]+@)?(?<host>[\w.-]+):(?!\/\/)\/?(?<below>\S+)$/
const sshAddress = /^ssh:\/\/(?:[^@/\s]+@)?(?<host>[\w.-]+)(?::\d+)?\/(?<below>\S+)$/

/**
 * Where wizard fetches a submodule: over https, or http from this machine, and never with the
 * address's own credentials. An ssh address on the superproject's host is one of the same path
 * there.
 *
 * @param superproject where the superproject is fetched
 * @param alias what the user's `url.BASE.insteadOf` makes of it, used if it can be fetched
 * @throws PathError for any other address: a file, `ext::`, an option (CVE-2018-17456)
 */
export function fetchableUrl(
  path: BytePath,
  address: string,
  superproject: string,
  alias = address,
): string {
  const isSafe = !address.startsWith('-') && !hasControl(address) && !hasControl(decoded(address))
  const base = new URL(superproject)
  const url = isSafe ? (webUrl(alias, base) ?? webUrl(address, base)) : null
  if (url !== null) return url
  throw refusedSubmodule(path, `its address ${shown(address)} is not supported`)
}

function webUrl(address: string, superproject: URL): string | null {
  const { host, below } = (sshAddress.exec(address) ?? scpAddress.exec(address))?.groups ?? {}
  if (host !== undefined) {
    return isHostOf(superproject, host) ? `${superproject.origin}/${below}` : null
  }
  // The parser would also take https:host and https:///host for a host.
  if (!/^https?:\/\/[^/\\\s]/i.test(address) || !URL.canParse(address)) return null
  const url = new URL(address)
  if (!isPrivate(url)) return null
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** `ssh.github.com` is GitHub's SSH server on port 443. */
const isHostOf = ({ hostname }: URL, host: string) =>
  host.toLowerCase().replace(/^ssh\.(?=github\.com$)/, '') === hostname

function decoded(address: string): string {
  try {
    return decodeURIComponent(address)
  } catch (error) {
    if (error instanceof URIError) return address
    throw error
  }
}

/** Without credentials. */
const shown = (address: string) =>
  JSON.stringify(oneLine(address.replace(/\/\/[^@/]*@/, '//'), 100))
