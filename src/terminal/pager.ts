import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Environment } from '../base/environment.js'
import { InterruptedError } from '../base/errors.js'

/** What programs that show text may know; the token is not among it. */
const passed =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TERM|COLORTERM|TERMINFO|COLUMNS|LINES|PAGER|LESS\w*|LV|MORE|BAT_\w+|MAN\w*|GROFF\w*|XDG_\w+)$/

export interface PagerOptions {
  stdout: object
  env: Environment
}

/** Programs that read a page of the manual from stdin and show it a screen at a time. */
const manualViewers = [
  ['man', '-l', '-'],
  ['mandoc', '-a'],
]

/**
 * Shows a page of the manual with man(1) on the terminal of `stdout`.
 *
 * @returns false if there is no program that can
 */
export async function viewManual(page: string, options: PagerOptions): Promise<boolean> {
  for (const command of manualViewers) {
    const viewer = await start(command, { ...options, stderr: 'ignore' })
    if (viewer === null) continue
    viewer.stdin?.end(page)
    const [status] = await once(viewer, 'close')
    if (status === 0) return true
  }
  return false
}

/** The command of the user's pager; null: none, as with an empty value or `cat`. */
export function pagerOf({ WIZARD_PAGER: own, PAGER: common }: Environment): string[] | null {
  const line = (own ?? common ?? 'less').trim()
  if (line === '' || line === 'cat') return null
  return /^[\w@%+=:,./ -]+$/.test(line) ? line.split(/ +/) : ['/bin/sh', '-c', line]
}

/**
 * Shows text with the user's pager, which ends by itself where all fits on a screen. Whoever quits it
 * reads no more; that ends the text's source.
 *
 * @param options.onGone called when the pager is gone, so that the text's source ends its work
 * @returns false, with nothing read, if the pager can't be started
 * @throws InterruptedError if Ctrl-C ended the pager
 */
export async function page(
  text: AsyncIterable<string>,
  options: PagerOptions & { onGone(): void },
): Promise<boolean> {
  const command = pagerOf(options.env)
  // As git sets them: quit if it fits, keep colours, leave the text on the screen.
  const env = { LESS: 'FRX', LV: '-c', ...options.env }
  const pager = command && (await start(command, { ...options, env, stderr: 'inherit' }))
  if (!pager?.stdin) return false
  const { stdin } = pager
  const closed = once(pager, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  let isOpen = true
  const gone = new Promise<void>((resolve) => {
    for (const emitter of [stdin, pager]) {
      emitter.on('close', () => {
        isOpen = false
        resolve()
      })
    }
  })
  let isRead = false
  // What is still to come is not waited for.
  void gone.then(() => {
    if (!isRead) options.onGone()
  })
  try {
    for await (const chunk of text) {
      if (!isOpen) break
      if (!stdin.write(chunk)) await Promise.race([drained(stdin), gone])
    }
  } catch (error) {
    if (isOpen) throw error
  } finally {
    isRead = true
    stdin.end()
    await closed
  }
  const [, signal] = await closed
  if (signal === 'SIGINT') throw new InterruptedError('SIGINT')
  return true
}

const drained = (stdin: Writable) =>
  new Promise<void>((resolve) => {
    stdin.once('drain', resolve)
  })

/** @returns null if there is no such program */
async function start(
  [file = '', ...args]: string[],
  { stdout, env, stderr }: PagerOptions & { stderr: 'ignore' | 'inherit' },
): Promise<ChildProcess | null> {
  const fd = 'fd' in stdout ? stdout.fd : null
  if (typeof fd !== 'number') return null
  const known = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)))
  const child = spawn(file, args, { stdio: ['pipe', fd, stderr], env: known })
  // A pager that is quit closes the pipe.
  child.stdin?.on('error', () => {})
  return Promise.race([
    once(child, 'spawn').then(() => child),
    once(child, 'error').then(() => null),
  ]).catch(() => null)
}
