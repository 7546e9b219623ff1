import { stat } from 'node:fs/promises'
import { reportError } from '../base/error-report.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import type { ReceiverSettings } from './receive/receiver.js'
import { routerFor } from './routing/route.js'
import type { WorkerSettings } from './runs/worker.js'
import type { WebhookSession } from './session.js'

/** What webhooks.yaml says now. */
export interface LiveSettings {
  readonly config: WebhooksConfig
  /** The same objects until the file changes. */
  readonly receiver: ReceiverSettings
  readonly worker: WorkerSettings
  /**
   * Reads the file again. A wrong one is a warning, and the settings stay.
   *
   * @returns whether they were taken
   */
  reload(): Promise<boolean>
  /** Looks for changes of the file, and calls this after each that was taken. */
  watch(onChange: () => void): () => void
}

/** Milliseconds between two looks at the file. */
const interval = 1000

export function liveSettings(session: WebhookSession): LiveSettings {
  const { clock, emit, log, client } = session
  let current = settingsOf(session.webhooks)
  const hide = (config: WebhooksConfig) => {
    for (const secret of config.secrets) client.redactor.add(secret)
  }
  hide(session.webhooks)
  const warn = (message: string) => {
    emit({ type: 'warning', message })
    log.write('webhooks', 'WARN', message)
  }
  const reload = async () => {
    try {
      const config = await session.reload()
      hide(config)
      for (const key of needsRestart(current.config, config)) {
        warn(`webhooks.${key} has changed: that takes a restart of SERVE`)
      }
      current = settingsOf(config)
      log.write('webhooks', 'INFO', 'webhooks.yaml was read again')
      emit({ type: 'webhooks-reloaded' })
      return true
    } catch (error) {
      const { message } = reportError(error)
      warn(`webhooks.yaml was not taken, and what was read before stays: ${message}`)
      return false
    }
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
    reload,
    watch(onChange) {
      const files = [session.config.fileFor('webhooks')]
      let known: string | undefined
      let unset = () => {}
      let isOver = false
      const look = async () => {
        const now = await stampOf(files)
        const isChanged = known !== undefined && now !== known
        // An editor may take it away for a moment.
        if (isChanged && now !== '' && (await reload())) onChange()
        if (now !== '') known = now
        if (!isOver) unset = clock.after(interval, look)
      }
      void look()
      return () => {
        isOver = true
        unset()
      }
    },
  }
}

const settingsOf = (config: WebhooksConfig) => ({
  config,
  receiver: config satisfies ReceiverSettings,
  worker: {
    handlers: config.handlers,
    concurrency: config.concurrency,
    decide: routerFor(config),
  },
})

/** Times and sizes of the files; empty if there are none. */
async function stampOf(files: string[]): Promise<string> {
  const stamps = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => null)
    return found === null ? '' : `${found.mtimeNs} ${found.size} ${found.ino}`
  })
  return (await Promise.all(stamps)).join('\n')
}

const fixed = ['enabled', 'host', 'port', 'store'] as const

const needsRestart = (before: WebhooksConfig, after: WebhooksConfig) =>
  fixed.filter((key) => fixedPart(before, key) !== fixedPart(after, key))

/** What of the store is kept for how long is read at each use. */
const fixedPart = (config: WebhooksConfig, key: (typeof fixed)[number]) =>
  JSON.stringify(key === 'store' ? { ...config.store, retention: null } : config[key])
