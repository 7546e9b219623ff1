import { execFileSync, spawn } from 'node:child_process'
import {
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ShellOptions {
  cwd?: string
  input?: string | Uint8Array
  /** Variables beside PATH. */
  env?: Record<string, string>
}

/**
 * Runs a program to its end in a shell that stays. The start of a process copies the parent's page
 * tables: from a large test process it takes several times as long as from a shell.
 *
 * @param words the program and its arguments
 * @returns what it printed
 * @throws CommandFailure if it does not end with 0
 */
export function inShell(words: string[], options: ShellOptions = {}): Buffer {
  shell ??= startShell()
  return shell(words, options)
}

export class CommandFailure extends Error {
  readonly status: number

  constructor(words: string[], status: number, stderr: string) {
    super(`${words.join(' ')} failed with status ${status}: ${stderr}`)
    this.status = status
  }
}

type Shell = (words: string[], options: ShellOptions) => Buffer

let shell: Shell | undefined

/** The shell reads commands from one named pipe and says each one's exit status by another. */
function startShell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'wizard-shell-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  execFileSync('mkfifo', [at('commands'), at('ends')])
  const env = { PATH: process.env.PATH }
  const pipes = ['-c', 'exec /bin/sh <"$0" >"$1"', at('commands'), at('ends')]
  spawn('/bin/sh', pipes, { env, stdio: 'ignore' }).unref()
  const commands = openSync(at('commands'), 'w')
  const ends = openSync(at('ends'), 'r')
  const answer = Buffer.alloc(16)
  return (words, { cwd = '/', input = '', env = {} }) => {
    writeFileSync(at('in'), input)
    const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
    const command = [...variables, ...words.map(quote)].join(' ')
    const files = `<${at('in')} >${at('out')} 2>${at('err')}`
    writeSync(commands, `{ cd ${quote(cwd)} && ${command}; } ${files}; echo $?\n`)
    const status = Number(answer.toString('latin1', 0, readSync(ends, answer)))
    if (status !== 0) throw new CommandFailure(words, status, readFileSync(at('err'), 'utf8'))
    return readFileSync(at('out'))
  }
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
