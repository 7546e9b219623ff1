import { execFile } from 'node:child_process'
import { WizardError } from '../../errors.js'
import { hasCode } from '../../files.js'
import type { Environment } from '../../http/dispatcher.js'
import type { CrontabText } from './edit.js'

/** The user's crontab, by way of the program of that name, which alone may write it. */
export interface Crontab {
  /** Empty where there is none. @throws WizardError with cron's own words */
  read(): Promise<CrontabText>
  /** An empty one is removed. @throws WizardError with cron's own words */
  write(text: CrontabText): Promise<void>
}

export interface CrontabDeps {
  env: Environment
  signal?: AbortSignal | undefined
  /** Milliseconds after which the program is taken for hung. */
  patience?: number
}

/** No variable that may hold a secret goes to it; its messages are to be the ones we know. */
const needed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR']

export function openCrontab({ env, signal, patience = 10_000 }: CrontabDeps): Crontab {
  const own = Object.fromEntries(needed.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const options = {
    env: { ...own, LC_ALL: 'C' },
    encoding: 'latin1' as const,
    timeout: patience,
    killSignal: 'SIGKILL' as const,
    maxBuffer: 64 * 1024 * 1024,
    signal,
  }
  const run = (args: string[], input = '') =>
    new Promise<Answer>((resolve, reject) => {
      const child = execFile('crontab', args, options, (error, stdout, stderr) => {
        if (signal?.aborted) reject(signal.reason)
        else if (hasCode(error, 'ENOENT')) reject(notInstalled(error))
        else if (error?.killed) reject(hung(patience))
        else resolve({ isWell: error === null, stdout, words: oneLine(stderr) })
      })
      // It may have ended, with its reason on stderr, before it has read all.
      child.stdin?.on('error', () => {})
      child.stdin?.end(input, 'latin1')
    })
  return {
    async read() {
      const { isWell, stdout, words } = await run(['-l'])
      if (isWell) return stdout
      if (nobodys.test(words)) return ''
      throw refused('read', words)
    },
    async write(text) {
      const { isWell, words } = text === '' ? await run(['-r']) : await run(['-'], text)
      if (!isWell) throw refused('written', words)
    },
  }
}

interface Answer {
  isWell: boolean
  stdout: CrontabText
  words: string
}

/** How Vixie's, cronie's, BSD's and BusyBox's say that there is none. */
const nobodys = /\bno crontab for\b|can't open '[^']*': No such file/i

const oneLine = (text: string) =>
  text
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 500)

const otherwise = 'or let systemd do it: wizard SCHEDULE PRINT --format systemd'

const notInstalled = (cause: unknown) =>
  new WizardError('there is no crontab program here', {
    hint: `install cron (apt-get install cron), ${otherwise}`,
    cause,
  })

const hung = (patience: number) =>
  new WizardError(`crontab did not answer within ${patience / 1000} s`, {
    hint: 'see what `crontab -l` does in a shell',
  })

function refused(what: 'read' | 'written', words: string): WizardError {
  const denied = /not allowed/i.test(words)
  return new WizardError(`the crontab can't be ${what}: ${words || 'crontab does not say why'}`, {
    hint: denied
      ? `an administrator allows it in /etc/cron.allow; ${otherwise}`
      : 'see what `crontab -l` does in a shell',
  })
}
