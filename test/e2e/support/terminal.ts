import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/**
 * The executable on its own terminal, made by script(1).
 *
 * @param answer typed as soon as a question appears
 */
export async function answering(
  answer: string,
  args: string[],
  { cwd, env = {}, columns }: TerminalRun,
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
  child.stdout.on('data', (data: Buffer) => {
    shown += data.toString()
    if (shown.includes('[y/N]') && !child.stdin.writableEnded) child.stdin.end(`${answer}\r`)
  })
  const [status] = (await closed) as [number | null]
  return { status, shown }
}

export const onTerminal = (args: string[], run: TerminalRun): Promise<Shown> =>
  answering('', args, run)

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
