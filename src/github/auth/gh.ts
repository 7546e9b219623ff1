import { execFile } from 'node:child_process'
import type { Environment } from '../../base/environment.js'

/** What gh needs to find its own configuration and keyring; no variable that may hold anybody's secret. */
const needed =
  /^(?:PATH|PATHEXT|HOME|USER|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TMPDIR|TEMP|TMP|GH_CONFIG_DIR|XDG_\w+|DBUS_SESSION_BUS_ADDRESS)$/i

const longest = 5_000

/**
 * The token that `gh` holds for a host; undefined where gh is not installed, not logged in there, or does not answer
 * in five seconds. It is run by node itself, as tinyexec would hand it the whole environment and would look
 * for `gh` in `node_modules/.bin` of the current folder first, which may be anybody's.
 */
export function ghToken(
  host: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)))
  const options = {
    env: { ...own, GH_PROMPT_DISABLED: '1', NO_COLOR: '1' },
    timeout: longest,
    maxBuffer: 64 * 1024,
    windowsHide: true,
    signal,
  }
  return new Promise((resolve, reject) => {
    execFile('gh', ['auth', 'token', '--hostname', host], options, (error, stdout) => {
      if (signal?.aborted) reject(signal.reason)
      else resolve(error ? undefined : stdout.trim() || undefined)
    })
  })
}
