import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { inShell } from '../../support/shell.js'

const environment = {
  PATH: process.env.PATH ?? '',
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
} satisfies Record<string, string>

export interface GitOptions {
  input?: string | Uint8Array
  env?: Record<string, string>
}

/**
 * The real git as the oracle, isolated from this machine's settings.
 *
 * @returns its trimmed output
 */
export function git(dir: string, args: string[], options: GitOptions = {}): string {
  return gitBytes(dir, args, options).toString('utf8').trim()
}

export const gitBytes = (dir: string, args: string[], { input, env }: GitOptions = {}): Buffer =>
  inShell(['git', ...args], { cwd: dir, input, env: { ...environment, ...env } })

/**
 * Runs commands one after another, in git's environment.
 *
 * @param commands each a program with its arguments
 * @returns the output of each, trimmed
 */
export const runAll = (dir: string, commands: string[][]): string[] =>
  commands.map((words) => inShell(words, { cwd: dir, env: environment }).toString('utf8').trim())

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
