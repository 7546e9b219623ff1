import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'

export interface GitRun {
  /** The repository; omit it for commands without one. */
  dir?: string
  input?: string | Uint8Array
  env?: Record<string, string>
}

/** The environment of every git in the tests: no user configuration, fixed names, no prompt. */
export const hermetic: Record<string, string> = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Mona Lisa',
  GIT_AUTHOR_EMAIL: 'mona@example.com',
  GIT_COMMITTER_NAME: 'Mona Lisa',
  GIT_COMMITTER_EMAIL: 'mona@example.com',
}

/** git failed; the message is git's own. */
export class GitFailure extends Error {
  readonly status: number | null

  constructor(args: string[], status: number | null, stderr: string) {
    super(`git ${args.join(' ')} ended with ${status}: ${stderr.trim()}`)
    this.name = 'GitFailure'
    this.status = status
  }
}

/** Runs the real git and returns its standard output, byte for byte. @throws GitFailure */
export async function git(args: string[], { dir, input, env }: GitRun = {}): Promise<Buffer> {
  const child = spawn('git', dir === undefined ? args : ['--git-dir', dir, ...args], {
    env: { ...hermetic, ...env },
  })
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') child.emit('error', error)
  })
  child.stdin.end(input)
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
  const [status] = await closed
  if (status !== 0) throw new GitFailure(args, status, stderr.toString())
  return stdout
}

/** The same, as text without its trailing newline. */
export async function gitText(args: string[], run?: GitRun): Promise<string> {
  return (await git(args, run)).toString().replace(/\n$/, '')
}
