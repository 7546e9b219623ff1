import { formatBytes } from '../../base/text.js'
import type { WizardEvent } from '../../events.js'
import type { Handlers, ProgressContext } from './reporting.js'

type Progress = Extract<WizardEvent, { type: 'transfer-progress' }>

/** Reports uploads and downloads of release assets, and the steps around them. */
export function transferProgress({ now, say, stream }: ProgressContext) {
  const running = new Map<string, { since: number; last: Progress }>()
  const handlers = {
    'transfer-progress': (event) => {
      const { since } = running.get(event.name) ?? { since: now() }
      running.set(event.name, { since, last: event })
    },
    'transfer-done': ({ name, size, status }) => {
      running.delete(name)
      say(`  ${name} ${status} (${formatBytes(size)})`)
    },
    step: ({ message }) => say(message),
    'command-output': ({ line }) => say(stream.paint('faint', line)),
  } satisfies Handlers
  const lines = () =>
    [...running.values()].slice(0, 12).map(({ since, last }) => lineOf(last, now() - since))
  return { handlers, lines }
}

/** `core.tcz  4.0 MB of 8.0 MB, 2.0 MB/s, 2 s left` */
function lineOf({ name, done, total }: Progress, milliseconds: number): string {
  const rate = done / Math.max(milliseconds / 1000, 0.1)
  const of = total === null ? '' : ` of ${formatBytes(total)}`
  const left = total === null || done === 0 ? '' : `, ${secondsLeft((total - done) / rate)} left`
  return `  ${name}  ${formatBytes(done)}${of}, ${formatBytes(rate)}/s${left}`
}

function secondsLeft(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`
}

/** Reports downloads of artifacts. */
export function artifactProgress({ say }: ProgressContext) {
  const running = new Map<string, string>()
  const handlers = {
    'artifact-progress': (event) => {
      running.set(event.name, lineOfArtifact(event))
    },
    'artifact-done': ({ name, path, size }) => {
      running.delete(name)
      say(`${name} → ${path} (${formatBytes(size)})`)
    },
  } satisfies Handlers
  return { handlers, lines: () => [...running.values()].slice(0, 12) }
}

function lineOfArtifact(event: Extract<WizardEvent, { type: 'artifact-progress' }>): string {
  const { name, phase, done, total } = event
  const of = total === null ? '' : ` of ${formatBytes(total)}`
  return `${name}  ${phase} ${formatBytes(done)}${of}`
}
