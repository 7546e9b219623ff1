import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { Chalk, type ChalkInstance } from 'chalk'
import type { Environment } from '../base/environment.js'
import { type Abilities, abilitiesOf, hasWidth } from './abilities.js'
import { insideActions, withoutCommands } from './actions.js'
import { inAscii } from './marks.js'

/** One of the two output streams, and what it can show. */
export interface Stream extends Abilities {
  /** Columns; Infinity if it is not a terminal. */
  width: number
  /** Rows; Infinity if it is not a terminal. */
  height: number
  /** What shows that a text was cut. */
  ellipsis: string
  write(text: string | Uint8Array): void
  /** Resolves when there is room for more, so that a slow reader does not fill memory. */
  writeAll(text: string): Promise<void>
  /** Bytes, unchanged. @returns null if there is room for more, otherwise resolves when there is */
  writeBytes(bytes: Uint8Array): Promise<void> | null
  paint(tone: Tone, text: string): string
  /** Makes clean text a link, if the terminal takes links and the address is one of the web. */
  link(address: string, text: string): string
  /** Replaces wizard's own marks where only ASCII is shown. */
  legible(text: string): string
  /** Makes a line safe and legible for this stream: inside Actions it must not be a command. */
  asLine(text: string): string
}

const tones: Record<Tone, (chalk: ChalkInstance) => ChalkInstance> = {
  good: (chalk) => chalk.green,
  bad: (chalk) => chalk.red,
  warning: (chalk) => chalk.yellow,
  faint: (chalk) => chalk.dim,
  strong: (chalk) => chalk.bold,
}

export function openStream(
  out: WriteStream | NodeJS.WriteStream,
  env: Environment,
  noColor: boolean,
): Stream {
  const abilities = abilitiesOf(out, env, noColor)
  const { isTerminal, hasColour, hasUnicode, hasLinks } = abilities
  const chalk = new Chalk({ level: hasColour ? 1 : 0 })
  // One listener for all that wait.
  let draining: Promise<void> | null = null
  const drained = () => {
    draining ??= once(out, 'drain').then(() => {
      draining = null
    })
    return draining
  }
  const legible = hasUnicode ? (text: string) => text : inAscii
  return {
    ...abilities,
    get width() {
      return isTerminal ? (hasWidth(out) ? out.columns : 80) : Number.POSITIVE_INFINITY
    },
    get height() {
      return isTerminal ? out.rows || 24 : Number.POSITIVE_INFINITY
    },
    ellipsis: legible('…'),
    write: (text) => void out.write(text),
    async writeAll(text) {
      if (!out.write(text)) await drained()
    },
    writeBytes: (bytes) => (out.write(bytes) ? null : drained()),
    paint: (tone, text) => tones[tone](chalk)(text),
    link: (address, text) =>
      hasLinks && webAddress.test(address)
        ? `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`
        : text,
    legible,
    asLine: insideActions(env) ? (text) => withoutCommands(legible(text)) : legible,
  }
}

/** Of visible ASCII alone, so that no address ends the sequence that holds it (RFC 3986). */
const webAddress = /^https?:\/\/[!-~]+$/

/** Makes the addresses of a clean line links. */
export const withLinks = (line: string, stream: Stream): string =>
  stream.hasLinks
    ? line.replace(/https?:\/\/[^\s"'<>)\]]+[^\s"'<>)\].,;:]/g, (url) => stream.link(url, url))
    : line

export type Tone = 'good' | 'bad' | 'warning' | 'faint' | 'strong'
