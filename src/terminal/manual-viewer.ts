import { spawn } from 'node:child_process'
import type { Environment } from '../base/environment.js'

/** Programs that read a page of the manual from stdin and show it a screen at a time. */
const viewers = [
  ['man', '-l', '-'],
  ['mandoc', '-a'],
] as const

/** What they may know; the token is not among it. */
const passed = /^(?:PATH|HOME|LANG|LC_\w+|TERM|COLUMNS|PAGER|LESS\w*|MAN\w*|GROFF\w*)$/

/**
 * Shows a page of the manual with man(1) on the terminal of `stdout`.
 *
 * @returns false if there is no program that can
 */
export async function viewManual(
  page: string,
  { stdout, env }: { stdout: object; env: Environment },
): Promise<boolean> {
  const fd = 'fd' in stdout ? stdout.fd : null
  if (typeof fd !== 'number') return false
  const known = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)))
  for (const [file, ...args] of viewers) {
    if (await shows([file, ...args], page, { fd, env: known })) return true
  }
  return false
}

function shows(
  [file, ...args]: [string, ...string[]],
  page: string,
  { fd, env }: { fd: number; env: Environment },
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['pipe', fd, 'ignore'], env })
    child.on('error', () => resolve(false))
    child.on('close', (status) => resolve(status === 0))
    // Whoever quits the pager reads no more.
    child.stdin?.on('error', () => {})
    child.stdin?.end(page)
  })
}
