import { formatBytes } from '../base/text.js'
import type { Marks } from '../logs/marks.js'
import type { SyncMode } from './plan.js'
import type { SyncEntry, SyncReport } from './report.js'

const shortName = ({ repo }: SyncEntry) => repo.slice(repo.indexOf('/') + 1)

const short = (oid: string | null) => (oid === null ? 'nothing' : oid.slice(0, 7))
const branchOf = ({ branch }: SyncEntry) => (branch === null ? '' : `, ${branch} branch`)

/**
 * Describes the result for a repository in one line for a log or a screen, with the given marks.
 *
 * @param name what the repository is called; default: without its owner, as in the log
 */
export function formatSyncEntry(entry: SyncEntry, marks: Marks, name = shortName(entry)): string {
  const noted = entry.warnings.length > 0 ? `; note: ${entry.warnings.join(', ')}` : ''
  return lines[entry.status ?? entry.planned ?? 'unchanged'](name, entry, marks) + noted
}

const lines = {
  cloned: (name, entry, { good }) =>
    `${good} ${name} cloned (${formatBytes(entry.bytes)}${branchOf(entry)})`,
  updated: (name, entry, { good }) =>
    `${good} ${name} updated (${short(entry.from)}..${short(entry.to)}, ${formatBytes(entry.bytes)}${branchOf(entry)})`,
  unchanged: (name, entry, { good }) =>
    `${good} ${name} unchanged (${short(entry.to)}${branchOf(entry)})`,
  skipped: (name, { reason }, { skipped }) => `${skipped} ${name} skipped: ${reason}`,
  blocked: (name, { reason, error }, { bad }) =>
    `${bad} ${name}: blocked, ${reason}: ${error?.message ?? ''}`,
  failed: (name, { error }, { bad }) => `${bad} ${name}: ${error?.message ?? 'failed'}`,
  clone: (name, { path }) => `${name} would be cloned → ${path}`,
  pull: (name, { from, to }) => `${name} would be pulled (${short(from)}..${short(to)})`,
} satisfies Record<string, (name: string, entry: SyncEntry, marks: Marks) => string>

const done = {
  clone: 'cloned successfully',
  pull: 'pulled successfully',
  sync: 'in step',
  reset: 'at their remote',
} satisfies Record<SyncMode, string>

/** `Summary: 4/5 repos cloned successfully`, and the repositories that were not. */
export function formatSyncReport(
  mode: SyncMode,
  { total, succeeded, failed, skipped }: SyncReport,
): string {
  const rest = [
    failed > 0 && `${failed} failed or blocked`,
    skipped > 0 && `${skipped} skipped`,
  ].filter(Boolean)
  return `Summary: ${succeeded}/${total} repos ${done[mode]}${rest.length > 0 ? ` (${rest.join(', ')})` : ''}`
}
