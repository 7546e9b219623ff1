import type { Ora } from 'ora'
import type { Emit, WizardEvent } from '../core/events.js'
import type { GitProgress } from '../core/git/types.js'
import { describeEntry, formatBytes } from '../core/repos/describe.js'
import type { SyncEntry } from '../core/repos/types.js'
import { plainText } from '../core/text.js'
import { describeWorkflowEvent } from '../core/workflows/describe.js'
import type { Stream } from './stream.js'

export interface ProgressOptions {
  stream: Stream
  now(): number
  verbose: boolean
  /** The spinner, on a terminal alone. */
  spinner: Ora | null
}

export interface Progress {
  emit: Emit
  /** The live lines go; whatever is printed next stands alone. */
  stop(): void
}

interface Running {
  repo: string
  since: number
  progress: GitProgress | null
}

/** Milliseconds for which what is drawn stays: a clone tells of thousands of files a second. */
const frame = 50

/** Live lines on a terminal; elsewhere one plain line per change. */
export function followProgress({ stream, now, verbose, spinner }: ProgressOptions): Progress {
  const running = new Map<string, Running>()
  const artifacts = new Map<string, string>()
  const begun = now()
  let total = 0
  let done = 0
  let bytes = 0
  let drawn = Number.NEGATIVE_INFINITY

  const say = (line: string) => {
    spinner?.clear()
    stream.write(`${plainText(line)}\n`)
  }
  const told = (event: WizardEvent) => {
    const line = describeWorkflowEvent(event)
    if (line !== null) say(line)
  }
  const show = (lines: () => string[]) => {
    if (!spinner) return
    drawn = now()
    spinner.text = lines().join('\n')
    if (!spinner.isSpinning) spinner.start()
  }
  const isDue = () => now() - drawn >= frame
  const repositoryLines = () => {
    const seconds = (now() - begun) / 1000
    const received =
      bytes + [...running.values()].reduce((sum, one) => sum + (one.progress?.bytes ?? 0), 0)
    return [
      `${done}/${total} repositories${rate(received, seconds)}`,
      ...[...running.values()].slice(0, 12).map((one) => `    ${lineOf(one, now())}`),
    ]
  }

  const handlers: {
    [T in WizardEvent['type']]: (event: Extract<WizardEvent, { type: T }>) => void
  } = {
    'sync-planned': (event) => {
      total = event.total
    },
    'repository-started': ({ repo, path }) => {
      running.set(path, { repo, since: now(), progress: null })
    },
    'repository-progress': ({ path, progress }) => {
      const one = running.get(path)
      if (one) one.progress = progress
    },
    'repository-done': ({ entry }) => {
      running.delete(entry.path)
      done++
      bytes += entry.bytes
      // Of one alone the result says it.
      if (total > 1 && isChange(entry)) say(paintEntry(stream, entry))
    },
    'artifact-progress': (event) => {
      artifacts.set(event.name, artifactLine(event))
      if (isDue()) show(() => [...artifacts.values()].slice(0, 12))
    },
    'artifact-done': ({ name, path, size }) => {
      artifacts.delete(name)
      say(`${name} → ${path} (${formatBytes(size)})`)
    },
    'run-dispatched': told,
    'run-seen': () => {},
    'run-changed': told,
    'job-changed': told,
    'step-changed': told,
    'run-waiting': told,
    'poll-failed': told,
    'run-left': told,
    'runs-left': told,
    waiting: ({ message }) => say(message),
    warning: ({ message }) => say(stream.paint('warning', `warning: ${message}`)),
    request: ({ message }) => {
      if (verbose) say(stream.paint('faint', message))
    },
  }

  return {
    emit(event) {
      ;(handlers[event.type] as (event: WizardEvent) => void)(event)
      if (total > 0 && (event.type !== 'repository-progress' || isDue())) show(repositoryLines)
    },
    stop: () => void spinner?.stop(),
  }
}

const isChange = ({ status }: SyncEntry) =>
  status !== undefined && status !== 'unchanged' && status !== 'skipped'

function paintEntry(stream: Stream, entry: SyncEntry): string {
  const line = describeEntry(entry)
  return entry.status === 'blocked' || entry.status === 'failed' ? stream.paint('bad', line) : line
}

function lineOf({ repo, since, progress }: Running, now: number): string {
  if (!progress) return `${plainText(repo)}  connecting`
  const { phase, bytes, done, total } = progress
  if (phase === 'receiving')
    return `${plainText(repo)}  receiving${rate(bytes, (now - since) / 1000)}`
  return `${plainText(repo)}  ${phase} ${done}${total > 0 ? `/${total}` : ''}`
}

function artifactLine(event: Extract<WizardEvent, { type: 'artifact-progress' }>): string {
  const { name, phase, done, total } = event
  const of = total === null ? '' : ` of ${formatBytes(total)}`
  return `${plainText(name)}  ${phase} ${formatBytes(done)}${of}`
}

function rate(bytes: number, seconds: number): string {
  if (bytes === 0) return ''
  return `, ${formatBytes(bytes)}, ${formatBytes(bytes / Math.max(seconds, 0.1))}/s`
}
