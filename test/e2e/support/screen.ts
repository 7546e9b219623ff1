import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bareEnvironment, executable } from '../../support/wizard.js'

const exec = promisify(execFile)

/** A shell with job control in a terminal of its own (tmux), where somebody types. */
export interface Screen {
  /** Types text, and Enter. */
  enter(line: string): Promise<void>
  /** Presses a key by tmux's name: `C-z`, `Escape`, `q`. */
  press(key: string): Promise<void>
  /** What the screen shows, without empty lines at its end. */
  text(): Promise<string>
  /** The same with its colours (SGR). */
  painted(): Promise<string>
  /** Waits until the screen shows something. @throws Error with the screen after 20 seconds */
  until(shown: RegExp): Promise<string>
  resize(columns: number): Promise<void>
  hasCursor(): Promise<boolean>
  close(): Promise<void>
}

export interface ScreenOptions {
  cwd: string
  columns?: number
  rows?: number
  env?: Record<string, string>
  /** The executable; default: this checkout's. */
  wizard?: string
}

let opened = 0

/** Opens a screen on which `wizard` is the executable, and the prompt is `$ `. */
export async function openScreen({
  cwd,
  columns = 80,
  rows = 24,
  env = {},
  wizard = executable,
}: ScreenOptions): Promise<Screen> {
  const socket = `wizard-test-${process.pid}-${opened++}`
  const shellEnv = { ...bareEnvironment(cwd), TERM: 'tmux-256color', PS1: '$ ', ...env }
  const tmux = async (...args: string[]) => {
    const run = await exec('tmux', ['-L', socket, '-f', '/dev/null', '-u', ...args], {
      env: { ...bareEnvironment(cwd), TERM: 'xterm-256color' },
    })
    return run.stdout
  }
  const variables = Object.entries(shellEnv).map(([name, value]) => `${name}=${value}`)
  const shell = ['env', '-i', ...variables, 'bash', '--norc', '--noprofile', '-i']
  await tmux(
    'new-session',
    '-d',
    '-s',
    'w',
    '-c',
    cwd,
    '-x',
    `${columns}`,
    '-y',
    `${rows}`,
    ...shell,
  )
  await tmux('set', '-g', 'window-size', 'manual')
  const press = async (...keys: string[]) => void (await tmux('send-keys', '-t', 'w', ...keys))
  const capture = async (...flags: string[]) =>
    (await tmux('capture-pane', '-p', ...flags, '-t', 'w')).trimEnd()
  const text = () => capture()
  const screen: Screen = {
    enter: (line) => press('-l', `${line}\n`),
    press,
    text,
    painted: () => capture('-e'),
    async until(shown) {
      const end = Date.now() + 20_000
      for (;;) {
        const seen = await text()
        if (shown.test(seen)) return seen
        if (Date.now() > end) throw new Error(`${shown} is not on the screen:\n${seen}`)
      }
    },
    resize: async (width) => void (await tmux('resize-window', '-t', 'w', '-x', `${width}`)),
    hasCursor: async () =>
      (await tmux('display', '-p', '-t', 'w', '#{cursor_flag}')).trim() === '1',
    close: async () => void (await tmux('kill-server').catch(() => '')),
  }
  await screen.enter(`wizard() { ${process.execPath} ${wizard} "$@"; }; clear`)
  await screen.until(/^\$$/)
  return screen
}
