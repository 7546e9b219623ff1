import { spawn } from 'node:child_process'
import { onAbort } from '../base/async/on-abort.js'
import { lstatOrNull } from '../base/fs/read.js'
import type { Host } from './host.js'

/** A program and its arguments before the address. */
type Browser = string[]

/**
 * Opens an address in the browser that `$BROWSER` names, or else in the system's, without a shell,
 * and waits until that program ends.
 *
 * @returns false if there is no browser, or none of them succeeded
 * @throws the signal's reason
 */
export async function openBrowser(
  address: string,
  { host, signal }: { host: Host; signal: AbortSignal },
): Promise<boolean> {
  for (const browser of await browsersOf(host)) {
    signal.throwIfAborted()
    if (await succeeds(withAddress(browser, address), host, signal)) return true
  }
  signal.throwIfAborted()
  return false
}

/** $BROWSER has commands with colons between them, or is the path of one, as in xdg-open. */
async function browsersOf({ env, platform }: Host): Promise<Browser[]> {
  const { BROWSER: named, WSL_DISTRO_NAME: wsl } = env
  if (named) {
    if ((await lstatOrNull(named)) !== null) return [[named]]
    const commands = named.split(':').map((command) => command.split(/\s+/).filter(Boolean))
    return commands.filter((words) => words.length > 0)
  }
  if (platform.os === 'darwin') return [['open']]
  return wsl ? [['wslview'], ['xdg-open']] : [['xdg-open'], ['wslview']]
}

const withAddress = (browser: Browser, address: string): Browser =>
  browser.some((word) => word.includes('%s'))
    ? browser.map((word) => word.replaceAll('%s', () => address))
    : [...browser, address]

function succeeds(
  [file = '', ...args]: Browser,
  host: Host,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    // A browser in text needs the terminal.
    const child = spawn(file, args, {
      cwd: host.cwd(),
      env: withoutSecrets(host),
      stdio: 'inherit',
    })
    const leave = onAbort(signal, () => child.kill())
    const end = (isGood: boolean) => {
      leave()
      resolve(isGood)
    }
    child.once('error', () => end(false))
    child.once('exit', (exit) => end(exit === 0))
  })
}

/** A browser needs none of these. */
const secrets = [
  ...['GH_TOKEN', 'GITHUB_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'],
  'GITHUB_WEBHOOK_SECRET',
]

const withoutSecrets = ({ env }: Host): Host['env'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !secrets.includes(name)))
