import { type ExecFileSyncOptions, execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const environment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'A U Thor',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'C O Mitter',
  GIT_COMMITTER_EMAIL: 'committer@example.com',
  GIT_COMMITTER_DATE: '1700000000 +0000',
} satisfies NodeJS.ProcessEnv

export interface GitOptions {
  input?: string | Uint8Array
  env?: NodeJS.ProcessEnv
}

/**
 * The real git as the oracle, isolated from this machine's settings.
 *
 * @returns its trimmed output
 */
export function git(dir: string, args: string[], options: GitOptions = {}): string {
  return gitBytes(dir, args, options).toString('utf8').trim()
}

export const gitBytes = (dir: string, args: string[], options: GitOptions = {}): Buffer =>
  bytesOf('git', args, dir, options)

function bytesOf(file: string, args: string[], dir: string, { input, env }: GitOptions): Buffer {
  const options: ExecFileSyncOptions = {
    cwd: dir,
    env: { ...environment, ...env },
    input,
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'pipe'],
  }
  return Buffer.from(execFileSync(file, args, options))
}

/** ASCII's own separator, which no output of these tests contains. */
const recordSeparator = '\x1e'

/**
 * Runs commands one after another in one shell: a process is cheap to start from a shell, and
 * expensive to start from a large test process.
 *
 * @param commands each a program with its arguments
 * @returns the output of each, trimmed
 * @throws Error when one fails
 */
export function inOneShell(dir: string, commands: string[][], options: GitOptions = {}): string[] {
  const script = commands
    .map((words) => `${words.map(quote).join(' ')} || exit; printf '\\036'\n`)
    .join('')
  const output = bytesOf('sh', ['-c', script], dir, options).toString('utf8')
  return output
    .split(recordSeparator)
    .slice(0, -1)
    .map((one) => one.trim())
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

/** The same for git commands that talk to a server in this process, which must keep running. */
export async function networkGit(dir: string, args: string[]): Promise<string> {
  const run = promisify(execFile)
  const { stdout } = await run('git', args, { cwd: dir, env: environment, maxBuffer: 1 << 30 })
  return stdout.trim()
}

/** A temporary folder for one test, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wizard-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
