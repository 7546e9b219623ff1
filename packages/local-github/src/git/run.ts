import { command } from './shell.js'

export interface GitRun {
  /** The repository; omit it for commands without one. */
  dir?: string
  input?: string | Uint8Array
  env?: Record<string, string>
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
  const words = ['git', ...(dir === undefined ? [] : ['--git-dir', dir]), ...args]
  const { status, stdout, stderr } = await command(words, { input, env })
  if (status !== 0) throw new GitFailure(args, status, stderr)
  return stdout
}

/** The same, as text without its trailing newline. */
export async function gitText(args: string[], run?: GitRun): Promise<string> {
  return (await git(args, run)).toString().replace(/\n$/, '')
}
