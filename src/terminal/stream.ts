import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { Chalk, type ChalkInstance } from 'chalk'
import type { Environment } from '../base/environment.js'
import { insideActions, withoutCommands } from './actions.js'

/** One of the two output streams, and what it can show. */
export interface Stream {
  isTerminal: boolean
  hasColour: boolean
  /** Whether printed lines can be redrawn. */
  canRedraw: boolean
  /** Columns; Infinity if it is not a terminal. */
  width: number
  write(text: string | Uint8Array): void
  /** Resolves when there is room for more, so that a slow reader does not fill memory. */
  writeAll(text: string): Promise<void>
  /** Bytes, unchanged. @returns null if there is room for more, otherwise resolves when there is */
  writeBytes(bytes: Uint8Array): Promise<void> | null
  paint(tone: Tone, text: string): string
  /** Makes a line safe for this stream: inside Actions it must not be a command. */
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
  const isTerminal = out.isTTY === true
  const hasColour = colourOf(isTerminal, env, noColor)
  const chalk = new Chalk({ level: hasColour ? 1 : 0 })
  // One listener for all that wait.
  let draining: Promise<void> | null = null
  const drained = () => {
    draining ??= once(out, 'drain').then(() => {
      draining = null
    })
    return draining
  }
  return {
    isTerminal,
    hasColour,
    canRedraw: isTerminal && env.TERM !== 'dumb' && !env.CI && hasWidth(out),
    get width() {
      return isTerminal ? (hasWidth(out) ? out.columns : 80) : Number.POSITIVE_INFINITY
    },
    write: (text) => void out.write(text),
    async writeAll(text) {
      if (!out.write(text)) await drained()
    },
    writeBytes: (bytes) => (out.write(bytes) ? null : drained()),
    paint: (tone, text) => tones[tone](chalk)(text),
    asLine: insideActions(env) ? withoutCommands : (text) => text,
  }
}

/** A terminal without a set size (in a container, in expect) reports 0. */
const hasWidth = ({ columns }: { columns?: number }) => columns !== undefined && columns > 0

/** https://no-color.org and https://force-color.org, decided per stream. */
function colourOf(isTerminal: boolean, env: Environment, noColor: boolean): boolean {
  if (noColor || env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTerminal && env.TERM !== 'dumb'
}

export type Tone = 'good' | 'bad' | 'warning' | 'faint' | 'strong'
