import { execFile } from 'node:child_process'
import type { Environment } from '../../base/environment.js'
import { WizardError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import type { HintParts } from '../../base/hint.js'
import { acquireLock, type LockOptions } from '../../process/lock.js'
import type { CrontabText } from './edit.js'

/** The user's crontab. Only the program `crontab` may write it. */
export interface Crontab {
  /** Empty if there is none. @throws WizardError with cron's message */
  read(): Promise<CrontabText>
  /** Removes the crontab if it is empty. @throws WizardError with cron's message */
  write(text: CrontabText): Promise<void>
  /** Runs `work` while no other wizard writes the crontab. @throws LockedError */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export interface CrontabOptions extends LockOptions {
  env: Environment
  /** Absolute. One per user, like the crontab. */
  lock: string
  /** Milliseconds after which the program counts as hung. */
  patience?: number
}

/** Milliseconds to wait for another wizard, which needs only a few. */
const lockWait = 10_000

/** The program gets no variable that may hold a secret; LC_ALL keeps its messages in English. */
const needed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR']

export function openCrontab(options: CrontabOptions): Crontab {
  const run = programOf(options)
  return {
    async read() {
      const { isWell, stdout, words } = await run(['-l'])
      if (isWell) return shownCr.test(stdout) ? withCrs(run, stdout) : stdout
      if (nobodys.test(words)) return ''
      throw refused('read', words)
    },
    async write(text) {
      const { isWell, words } = text === '' ? await run(['-r']) : await run(['-'], text)
      if (!isWell) throw refused('written', words)
    },
    async alone(work) {
      const lock = await acquireLock(options, {
        path: options.lock,
        command: 'SCHEDULE',
        wait: lockWait,
      })
      try {
        return await work()
      } finally {
        await lock.release()
      }
    },
  }
}

/**
 * Debian's `-l` shows a carriage return as these two characters, and also the two characters
 * themselves.
 */
const shownCr = /\\r/

/** The bytes that an editor gets; changes nothing. @throws WizardError if they can't be read */
async function withCrs(run: Run, shown: CrontabText): Promise<CrontabText> {
  const { stdout } = await run(['-e'])
  if (stdout === shown || stdout.replaceAll('\r', '\\r') === shown) return stdout
  throw new WizardError(
    "the crontab can't be read: `crontab -l` shows \\r, which may stand for another byte",
    {
      hint: 'with `crontab -e` remove its carriage returns, or each \\r, and run the command again',
    },
  )
}

interface Answer {
  isWell: boolean
  stdout: CrontabText
  words: string
}

type Run = (args: string[], input?: CrontabText) => Promise<Answer>

function programOf({ env, signal, patience = 10_000 }: CrontabOptions): Run {
  const own = Object.fromEntries(needed.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const options = {
    // `-e` passes the crontab to the editor, which prints it.
    env: { ...own, LC_ALL: 'C', VISUAL: 'cat', EDITOR: 'cat' },
    encoding: 'latin1' as const,
    timeout: patience,
    killSignal: 'SIGKILL' as const,
    maxBuffer: 64 * 1024 * 1024,
    signal,
  }
  return (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = execFile('crontab', args, options, (error, stdout, stderr) => {
        if (signal?.aborted) reject(signal.reason)
        else if (hasCode(error, 'ENOENT')) reject(notInstalled(error))
        else if (error?.killed) reject(hung(patience))
        else resolve({ isWell: error === null, stdout, words: oneLine(stderr) })
      })
      // The program may end, with its reason on stderr, before it has read everything.
      child.stdin?.on('error', () => {})
      child.stdin?.end(input, 'latin1')
    })
}

/** The message for a missing crontab of Vixie's cron, cronie, BSD and BusyBox. */
const nobodys = /\bno crontab for\b|can't open '[^']*': No such file/i

const oneLine = (text: string) =>
  text
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 500)

const otherwise: HintParts = [
  'or use systemd: ',
  { verb: ['SCHEDULE', 'PRINT'], flags: { format: 'systemd' } },
]

const notInstalled = (cause: unknown) =>
  new WizardError('this machine has no crontab program', {
    hint: ['install cron (apt-get install cron), ', ...otherwise],
    cause,
  })

const hung = (patience: number) =>
  new WizardError(`crontab did not answer within ${patience / 1000} s`, {
    hint: 'try `crontab -l` in a shell',
  })

function refused(what: 'read' | 'written', words: string): WizardError {
  const denied = /not allowed/i.test(words)
  return new WizardError(`the crontab can't be ${what}: ${words || 'crontab does not say why'}`, {
    hint: denied
      ? ['an administrator allows it in /etc/cron.allow; ', ...otherwise]
      : 'try `crontab -l` in a shell',
  })
}
