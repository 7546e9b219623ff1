import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

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

export interface CommandOptions {
  input?: string | Uint8Array
  /** Variables beside the hermetic ones. */
  env?: Record<string, string>
  /** Ends the command with SIGTERM. */
  signal?: AbortSignal
}

export interface Ended {
  /** 128 and more: ended by a signal. */
  status: number
  stdout: Buffer
  stderr: string
}

/** Shells that wait for their next command. */
const idle: Shell[] = []

/**
 * Runs a command in a shell that stays. The start of a process copies the parent's page tables: from a
 * large process it takes several times as long as from a shell.
 *
 * @param words the program and its arguments
 */
export async function command(words: string[], options: CommandOptions = {}): Promise<Ended> {
  const shell = idle.pop() ?? new Shell()
  const ended = await shell.run(words, options)
  idle.push(shell)
  return ended
}

let folder: string | undefined

/** Where the shells' commands read and write; removed with this process. */
function sharedFolder(): string {
  if (folder !== undefined) return folder
  const made = mkdtempSync(join(tmpdir(), 'local-github-shell-'))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  folder = made
  return made
}

let shells = 0

/** Runs one command at a time. It does not keep this process alive, and ends with it. */
class Shell {
  readonly #shell = spawn('/bin/sh', { env: hermetic, stdio: ['pipe', 'pipe', 'ignore'] })
  readonly #lines = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]()
  readonly #files = join(sharedFolder(), `${shells++}`)

  constructor() {
    this.#shell.unref()
    for (const pipe of [this.#shell.stdin, this.#shell.stdout]) (pipe as Socket).unref()
  }

  async run(words: string[], { input, env = {}, signal }: CommandOptions): Promise<Ended> {
    const [stdin, stdout, stderr] = ['in', 'out', 'err'].map((one) => `${this.#files}.${one}`)
    if (input !== undefined) await writeFile(stdin!, input)
    const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
    const files = [`<${input === undefined ? '/dev/null' : stdin}`, `>${stdout}`, `2>${stderr}`]
    const said = [...variables, ...words.map(quote), ...files].join(' ')
    const status = await this.#wait(`${said} & echo $!; wait $!; echo $?\n`, signal)
    const [output, errors] = await Promise.all([readFile(stdout!), readFile(stderr!, 'utf8')])
    return { status, stdout: output, stderr: errors }
  }

  async #wait(said: string, signal: AbortSignal | undefined): Promise<number> {
    const stdout = this.#shell.stdout as Socket
    stdout.ref()
    this.#shell.stdin.write(said)
    const pid = await this.#number()
    const kill = () => endProcess(pid)
    if (signal?.aborted) kill()
    signal?.addEventListener('abort', kill)
    const status = await this.#number()
    signal?.removeEventListener('abort', kill)
    stdout.unref()
    return status
  }

  async #number(): Promise<number> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the shell that starts git has ended')
    return Number(value)
  }
}

/** The command may have ended already. */
function endProcess(pid: number): void {
  try {
    process.kill(pid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
