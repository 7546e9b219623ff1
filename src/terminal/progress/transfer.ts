import { formatBytes } from '../../base/text.js'
import type { WizardEvent } from '../../events.js'
import { formatLength } from '../times.js'
import type { Handlers, ProgressContext } from './reporting.js'

type Of<T extends WizardEvent['type']> = Extract<WizardEvent, { type: T }>

/** A file in hand. */
interface Running {
  name: string
  /** Bytes. */
  done: number
  /** null if the server does not say. */
  total: number | null
  /** What happens once all bytes went over the wire. */
  after: string
}

/** The most files to show, so that the live lines fit on a screen. */
const mostFiles = 12

/** Reports uploads and downloads: of release assets, of plugins and of artifacts. */
export function transferProgress({ now, say, verbose }: ProgressContext) {
  const running = new Map<string, Running>()
  const planned = { files: 0, bytes: 0 }
  const ended = { files: 0, bytes: 0 }
  let begun: number | null = null
  const progress = (one: Running) => {
    begun ??= now()
    running.set(one.name, one)
  }
  const end = (name: string, size: number) => {
    running.delete(name)
    ended.files++
    ended.bytes += size
  }
  const handlers = {
    'transfer-planned': ({ files, bytes }) => {
      planned.files += files
      planned.bytes += bytes
    },
    'transfer-progress': ({ direction, name, done, total }) => {
      const after = direction === 'upload' ? 'waiting for GitHub' : 'checking'
      progress({ name, done, total, after })
    },
    'transfer-done': ({ name, size, status }) => {
      end(name, size)
      if (status !== 'unchanged' || verbose) say(`  ${name} ${status} (${formatBytes(size)})`)
    },
    'artifact-progress': ({ name, phase, done, total }: Of<'artifact-progress'>) => {
      // Its bytes are counted once, as they come.
      if (phase === 'unpacking') progress({ name, done: 0, total: null, after: phase })
      else progress({ name, done, total, after: 'unpacking' })
    },
    'artifact-done': ({ name, path, size }) => {
      end(name, size)
      say(`${name} → ${path} (${formatBytes(size)})`)
    },
  } satisfies Handlers
  const lines = () => {
    const files = [...running.values()]
    if (files.length === 0 || begun === null) return []
    const more = files.length - mostFiles
    return [
      headOf(files, { planned, ended, seconds: (now() - begun) / 1000 }),
      ...files.slice(0, mostFiles).map((one) => `    ${lineOf(one)}`),
      ...(more > 0 ? [`    … and ${more} more`] : []),
    ]
  }
  return { handlers, lines }
}

interface Sum {
  files: number
  bytes: number
}

/** `1 of 3 files, 5.1 MB of 12.0 MB (42 %), 2.0 MB/s, 4 s left` */
function headOf(
  running: Running[],
  { planned, ended, seconds }: { planned: Sum; ended: Sum; seconds: number },
): string {
  const files = Math.max(planned.files, ended.files + running.length)
  const done = running.reduce((sum, one) => sum + one.done, ended.bytes)
  const known = running.reduce((sum, one) => sum + (one.total ?? one.done), ended.bytes)
  const total = Math.max(planned.bytes, known)
  const rate = done / Math.max(seconds, 0.1)
  const left = done === 0 || done >= total ? '' : `, ${formatLength((total - done) / rate)} left`
  return `${ended.files} of ${files} ${files === 1 ? 'file' : 'files'}, ${share(done, total)}, ${formatBytes(rate)}/s${left}`
}

function lineOf({ name, done, total, after }: Running): string {
  if (total === null && done === 0) return `${name}  ${after}`
  if (total === null) return `${name}  ${formatBytes(done)}`
  return `${name}  ${done >= total ? after : share(done, total)}`
}

const share = (done: number, total: number) =>
  `${formatBytes(done)} of ${formatBytes(total)} (${Math.floor((100 * done) / Math.max(total, 1))} %)`
