import { formatBytes } from '../../base/text.js'
import type { GitProgress } from '../../git/git.js'
import { formatSyncEntry } from '../../repos/describe.js'
import type { SyncEntry } from '../../repos/report.js'
import { marks } from '../marks.js'
import type { Stream } from '../stream.js'
import type { Handlers, ProgressContext } from './reporting.js'

interface Running {
  repo: string
  since: number
  progress: GitProgress | null
}

/** Reports clones and pulls. */
export function syncProgress({ stream, now, repeats, say }: ProgressContext) {
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
      if (total > 1 && isChange(entry)) say(paintEntry(stream, entry, repeats))
    },
  } satisfies Handlers
  const lines = () => {
    if (total === 0) return []
    const at = now()
    const all = [...running.values()]
    const received = all.reduce((sum, { progress }) => sum + (progress?.bytes ?? 0), bytes)
    return [
      `${done}/${total} repositories${rate(received, (at - begun) / 1000)}`,
      ...all.slice(0, 12).map((one) => `    ${lineOf(one, at)}`),
    ]
  }
  return { handlers, lines }
}

const isChange = ({ status }: SyncEntry) =>
  status !== undefined && status !== 'unchanged' && status !== 'skipped'

/** A failure is short if its reason follows. */
function paintEntry(stream: Stream, entry: SyncEntry, isShort: boolean): string {
  const { status, repo } = entry
  if (status !== 'blocked' && status !== 'failed') return formatSyncEntry(entry, marks)
  const line = isShort ? `${marks.bad} ${repo} ${status}` : formatSyncEntry(entry, marks)
  return stream.paint('bad', line)
}

function lineOf({ repo, since, progress }: Running, now: number): string {
  if (!progress) return `${repo}  connecting`
  const { phase, bytes, done, total } = progress
  if (phase === 'receiving') return `${repo}  receiving${rate(bytes, (now - since) / 1000)}`
  const so = `${repo}  ${phase} ${done}${total > 0 ? `/${total}` : ''}`
  return phase === 'content' ? `${so}, ${formatBytes(bytes)}` : so
}

function rate(bytes: number, seconds: number): string {
  if (bytes === 0) return ''
  return `, ${formatBytes(bytes)}, ${formatBytes(bytes / Math.max(seconds, 0.1))}/s`
}
