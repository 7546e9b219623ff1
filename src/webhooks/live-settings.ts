import { stat } from 'node:fs/promises'
import { reportError } from '../base/error-report.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import type { ReceiverSettings } from './receive/receiver.js'
import { routerFor } from './routing/route.js'
import type { WorkerSettings } from './runs/worker.js'
import { reportWarning, type WebhookSession } from './session.js'

/** What webhooks.yaml says now. Each is the same object until the file is read again. */
export interface LiveSettings {
  readonly config: WebhooksConfig
  readonly receiver: ReceiverSettings
  readonly worker: WorkerSettings
  /**
   * Reads the file again whenever it has changed, also since the session was opened. A wrong file is
   * a warning, and the settings stay.
   *
   * @param onChange is called after each file that was taken
   */
  watch(onChange: () => void): SettingsWatch
}

export interface SettingsWatch {
  /** Reads the file again, changed or not. */
  reload(): Promise<void>
  /** Waits for a reading that is under way. */
  stop(): Promise<void>
}

/** Milliseconds between two looks at the file. */
const interval = 1000

/** @param path of the hook's URL, in place of the file's */
export function liveSettings(session: WebhookSession, path?: string): LiveSettings {
  let current = settingsOf(session.webhooks, path)
  hideSecrets(session, session.webhooks)
  let isFirst = true
  /** @returns whether there is something new. @throws ConfigError, PathError: the settings stay */
  const readAgain = async (): Promise<boolean> => {
    const config = await session.reload()
    const next = settingsOf(config, path)
    // The session's configuration was read some time before the watch began.
    const isKnown = isFirst && isSame(config, current.config)
    isFirst = false
    if (isKnown) return false
    hideSecrets(session, config)
    for (const key of needsRestart(current.config, config)) {
      reportWarning(session, `webhooks.${key} has changed: this needs a restart`)
    }
    current = next
    return true
  }
  return {
    get config() {
      return current.config
    },
    get receiver() {
      return current.receiver
    },
    get worker() {
      return current.worker
    },
    watch: (onChange) =>
      watchFile(session, async () => {
        try {
          if (!(await readAgain())) return
        } catch (error) {
          const { message } = reportError(error)
          reportWarning(
            session,
            `webhooks.yaml was not reloaded, the old settings stay: ${message}`,
          )
          return
        }
        session.log.write('webhooks', 'INFO', 'webhooks.yaml was reloaded')
        session.emit({ type: 'webhooks-reloaded' })
        onChange()
      }),
  }
}

const settingsOf = (config: WebhooksConfig, path = config.path) => ({
  config,
  receiver: { ...config, path } satisfies ReceiverSettings,
  worker: {
    handlers: config.handlers,
    concurrency: config.concurrency,
    decide: routerFor(config),
  },
})

function hideSecrets({ client }: WebhookSession, { secrets }: WebhooksConfig): void {
  for (const secret of secrets) client.redactor.add(secret)
}

/** Calls `read` at once, and after each change of the file; never twice at the same time. */
function watchFile({ clock, config }: WebhookSession, read: () => Promise<void>): SettingsWatch {
  const file = config.fileFor('webhooks')
  /** From before it was read, so that a change during the reading is seen as one. */
  let stamp = ''
  let last = Promise.resolve()
  let isOver = false
  let unset = () => {}
  const inTurn = (act: () => Promise<void>) => {
    last = last.then(act)
    return last
  }
  const readAt = async (found: string) => {
    stamp = found
    await read()
  }
  const look = async () => {
    const found = await stampOf(file)
    // An editor may take the file away for a moment.
    if (found !== '' && found !== stamp) await readAt(found)
    if (!isOver) unset = clock.after(interval, () => inTurn(look))
  }
  void inTurn(look)
  return {
    reload: () => inTurn(async () => readAt(await stampOf(file))),
    stop() {
      isOver = true
      unset()
      return last
    },
  }
}

/** Changes whenever the file does. An empty string means that the file can't be found or looked at. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null)
  return found === null ? '' : `${found.mtimeNs} ${found.size} ${found.ino}`
}

/** What SERVE reads only when it starts. */
const fixed = ['enabled', 'host', 'port', 'recover', 'store'] as const

const needsRestart = (before: WebhooksConfig, after: WebhooksConfig) =>
  fixed.filter((key) => !isSame(fixedPart(before, key), fixedPart(after, key)))

/** How long the store keeps what is read at each use. */
const fixedPart = (config: WebhooksConfig, key: (typeof fixed)[number]) =>
  key === 'store' ? { ...config.store, retention: null } : config[key]

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
