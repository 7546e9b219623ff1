import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { bareEnvironment, executable, type WizardRun } from '../../support/wizard.js'

export interface Shown {
  status: number | null
  /** The whole output, including escape sequences. */
  shown: string
}

export interface TerminalRun extends WizardRun {
  /** Its width; without it, a terminal without a set size, which reports 0. */
  columns?: number
}

/** @param answer typed as soon as a question appears */
export const answering = (answer: string, args: string[], run: TerminalRun): Promise<Shown> =>
  typing(args, run, [[/\[y\/N\]/, `${answer}\r`]])

/** What to type once the terminal shows something new that matches, without escape sequences. */
export type Step = [shown: RegExp, keys: string]

/** The executable on its own terminal, made by script(1), with somebody who types. */
export async function typing(
  args: string[],
  { cwd, env = {}, columns }: TerminalRun,
  steps: Step[],
): Promise<Shown> {
  const program = [process.execPath, executable, ...args].map(quoted).join(' ')
  const command = columns === undefined ? program : `stty cols ${columns} rows 24; exec ${program}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd,
    env: { ...bareEnvironment(cwd), TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let shown = ''
  let seen = 0
  const left = [...steps]
  child.stdout.on('data', (data: Buffer) => {
    shown += data.toString()
    const [step] = left
    if (step === undefined || !step[0].test(stripVTControlCharacters(shown.slice(seen)))) return
    seen = shown.length
    left.shift()
    child.stdin.write(step[1])
  })
  const [status] = (await closed) as [number | null]
  child.stdin.end()
  return { status, shown }
}

export const onTerminal = (args: string[], run: TerminalRun): Promise<Shown> =>
  answering('', args, run)

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
