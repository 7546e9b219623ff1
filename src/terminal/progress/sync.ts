import { formatBytes } from '../../base/text.js'
import type { GitProgress } from '../../git/git.js'
import { formatSyncEntry } from '../../repos/describe.js'
import type { SyncEntry } from '../../repos/report.js'
import { marks } from '../marks.js'
import { formatLength } from '../times.js'
import type { Handlers, ProgressContext } from './reporting.js'

interface Running {
  repo: string
  since: number
  progress: GitProgress | null
}

/** The most repositories to show, so that the live lines fit on a screen. */
const mostRepositories = 12

/** Reports clones and pulls. */
export function syncProgress(context: ProgressContext) {
  const { now, say } = context
  const running = new Map<string, Running>()
  const begun = now()
  let total = 0
  let done = 0
  let bytes = 0
  const handlers = {
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
      // For a single repository the result says it.
      if (total > 1 && isChange(entry) && !isRepeated(entry, context))
        say(paintEntry(entry, context))
    },
  } satisfies Handlers
  const lines = () => {
    if (total === 0) return []
    const at = now()
    const all = [...running.values()]
    if (total === 1) return all.map((one) => lineOf(one, at))
    const received = all.reduce((sum, { progress }) => sum + (progress?.bytes ?? 0), bytes)
    const seconds = (at - begun) / 1000
    const queued = total - done - all.length
    const counts = [
      `${done}/${total} repositories`,
      ...(all.length > 0 ? [`${all.length} in hand`] : []),
      ...(queued > 0 ? [`${queued} queued`] : []),
      formatLength(seconds),
    ]
    const more = all.length - mostRepositories
    return [
      `${counts.join(', ')}${rate(received, seconds)}`,
      ...all.slice(0, mostRepositories).map((one) => `    ${lineOf(one, at)}`),
      ...(more > 0 ? [`    … and ${more} more`] : []),
    ]
  }
  return { handlers, lines }
}

const isChange = ({ status }: SyncEntry) =>
  status !== undefined && status !== 'unchanged' && status !== 'skipped'

/** What was not tried, because the command was stopped, is one error at the end. */
const isRepeated = ({ error }: SyncEntry, { repeats }: ProgressContext) =>
  repeats && (error?.code === 'INTERRUPTED' || error?.code === 'TIMEOUT')

/** A failure is short if its reason follows. */
function paintEntry(entry: SyncEntry, { stream, repeats }: ProgressContext): string {
  const { status, repo } = entry
  const name = stream.isTerminal ? repo : undefined
  if (status !== 'blocked' && status !== 'failed') return formatSyncEntry(entry, marks, name)
  const line = repeats ? `${marks.bad} ${repo} ${status}` : formatSyncEntry(entry, marks, name)
  return stream.paint('bad', line)
}

function lineOf({ repo, since, progress }: Running, now: number): string {
  const seconds = (now - since) / 1000
  return `${repo}  ${progress ? phaseOf(progress, seconds) : 'connecting'}, ${formatLength(seconds)}`
}

function phaseOf({ phase, bytes, done, total }: GitProgress, seconds: number): string {
  if (phase === 'receiving') return `receiving${rate(bytes, seconds)}`
  const so = `${phase} ${done}${total > 0 ? ` of ${total} (${Math.floor((100 * done) / total)} %)` : ''}`
  return phase === 'content' ? `${so}, ${formatBytes(bytes)}` : so
}

function rate(bytes: number, seconds: number): string {
  if (bytes === 0) return ''
  return `, ${formatBytes(bytes)}, ${formatBytes(bytes / Math.max(seconds, 0.1))}/s`
}
