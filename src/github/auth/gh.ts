import { execFile } from 'node:child_process'
import type { Environment } from '../../base/environment.js'

/**
 * The variables that gh needs for its own configuration and keyring; none that may hold a secret.
 */
const needed =
  /^(?:PATH|PATHEXT|HOME|USER|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TMPDIR|TEMP|TMP|GH_CONFIG_DIR|XDG_\w+|DBUS_SESSION_BUS_ADDRESS)$/i

/** gh reports its use unless one of these says no; nobody is reported for asking for a token. */
const withoutTelemetry = { GH_TELEMETRY: 'false', DO_NOT_TRACK: '1' }

const longest = 5_000

/**
 * The token that `gh` holds for a host; undefined if gh is not installed, not logged in there, or
 * does not answer within five seconds. Started by node itself: tinyexec would pass on the whole
 * environment, and would first look for `gh` in `node_modules/.bin` of the current folder, which
 * may be anybody's.
 */
export function ghToken(
  host: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)))
  const options = {
    env: { ...own, GH_PROMPT_DISABLED: '1', NO_COLOR: '1', ...withoutTelemetry },
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
