import type { WriteStream } from 'node:tty'
import type { Environment } from '../base/environment.js'

/** What an output stream can show. */
export interface Abilities {
  isTerminal: boolean
  hasColour: boolean
  /** Whether letters beyond ASCII are shown as themselves. */
  hasUnicode: boolean
  /** Whether text can be a link (OSC 8). */
  hasLinks: boolean
  /** Whether printed lines can be redrawn. */
  canRedraw: boolean
  /** Whether lines on the screen are wrapped anew when it becomes narrower. */
  reflows: boolean
}

export function abilitiesOf(
  out: WriteStream | NodeJS.WriteStream,
  env: Environment,
  noColor: boolean,
): Abilities {
  const isTerminal = out.isTTY === true
  const isDumb = env.TERM === 'dumb'
  return {
    isTerminal,
    hasColour: colourOf(isTerminal && !isDumb, env, noColor),
    hasUnicode: unicodeOf(isTerminal, env),
    hasLinks: isTerminal && !isDumb && linksOf(env),
    canRedraw: isTerminal && !isDumb && !env.CI && hasWidth(out),
    // xterm cuts them; it is the only one in use that does.
    reflows: !env.XTERM_VERSION,
  }
}

/** A terminal without a set size (in a container, in expect) reports 0. */
export const hasWidth = ({ columns }: { columns?: number }) => columns !== undefined && columns > 0

/** https://no-color.org and https://force-color.org, decided per stream. */
function colourOf(canColour: boolean, env: Environment, noColor: boolean): boolean {
  if (noColor || env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return canColour
}

/**
 * The locale decides, as POSIX says: the first of these variables that is set. Without one it is C,
 * which is ASCII; but what reads a pipe without a locale, such as a job of CI, reads UTF-8.
 */
function unicodeOf(isTerminal: boolean, env: Environment): boolean {
  if (isTerminal && env.TERM === 'dumb') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return locale ? /utf-?8/i.test(locale) : !isTerminal
}

/** https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda names the terminals. */
const linking: ((env: Environment) => boolean)[] = [
  ({ TERM_PROGRAM: program }) => program === 'iTerm.app' || program === 'WezTerm',
  ({ TERM, KITTY_WINDOW_ID: kitty }) => TERM === 'xterm-kitty' || Boolean(kitty),
  ({ VTE_VERSION: version }) => Number(version) >= 5000,
  ({ WT_SESSION: session }) => Boolean(session),
]

/** A multiplexer inherits the variables of the terminal around it, but may not pass links on. */
function linksOf(env: Environment): boolean {
  if (env.FORCE_HYPERLINK) return env.FORCE_HYPERLINK !== '0'
  return !env.TMUX && !env.STY && linking.some((takes) => takes(env))
}
