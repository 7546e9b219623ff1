import { createReadStream } from 'node:fs'
import type { ZipEntry } from '../../archive/directory.js'
import type { ZipArchive } from '../../archive/zip.js'
import type { WorkflowJob, WorkflowStep } from '../types.js'

/** A log on disk, read from its start each time. */
export interface LogText {
  read(): AsyncIterable<Buffer>
}

export const fileLog = (path: string): LogText => ({
  read: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
})

export interface ZipLog {
  /** null where the archive has none: it is asked for by itself. */
  ofJob(job: WorkflowJob): LogText | null
  ofStep(job: WorkflowJob, step: WorkflowStep): LogText | null
}

/** A step's file in the folder of its job; else a job's own file. */
const stepFile = /^([^/]+)\/(\d+)_[^/]*\.txt$/
const jobFile = /^-?\d+_(.+)\.txt$/

/**
 * The files of the archive that GitHub makes: `N_JOB.txt` for each job, and `JOB/N_STEP.txt` for each of its steps. A job
 * that has no file of its own is joined of its steps.
 */
export function zipLog(zip: ZipArchive): ZipLog {
  const jobs = new Map<string, ZipEntry[]>()
  const steps = new Map<string, Map<number, ZipEntry>>()
  for (const entry of zip.entries) {
    const [, folder, number] = stepFile.exec(entry.name) ?? []
    const [, name] = folder === undefined ? (jobFile.exec(entry.name) ?? []) : []
    if (folder !== undefined) stepsOf(steps, folder).set(Number(number), entry)
    if (name !== undefined) jobs.set(name, [...(jobs.get(name) ?? []), entry])
  }
  const text = (...entries: ZipEntry[]): LogText => ({ read: () => join(zip, entries) })
  return {
    ofJob({ name }) {
      const [own, another] = jobs.get(mangled(name)) ?? []
      // Two jobs whose names GitHub made one: which is whose can't be told.
      if (another !== undefined) return null
      if (own !== undefined) return text(own)
      const parts = [...(steps.get(mangled(name)) ?? [])].sort(([a], [b]) => a - b)
      return parts.length > 0 ? text(...parts.map(([, entry]) => entry)) : null
    },
    ofStep({ name }, { number }) {
      if ((jobs.get(mangled(name)) ?? []).length > 1) return null
      const entry = steps.get(mangled(name))?.get(number)
      return entry === undefined ? null : text(entry)
    },
  }
}

function stepsOf(steps: Map<string, Map<number, ZipEntry>>, folder: string): Map<number, ZipEntry> {
  const found = steps.get(folder) ?? new Map<number, ZipEntry>()
  steps.set(folder, found)
  return found
}

const longestName = 90

/** As GitHub names a job's files: without what Windows does not take, and cut, in UTF-16 units. */
export const mangled = (name: string): string =>
  name
    .replace(/[/\\:*?"<>|]/g, '')
    .slice(0, longestName)
    .replace(/[\ud800-\udbff]$/, '')

async function* join(zip: ZipArchive, entries: ZipEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) yield* zip.read(entry)
}
