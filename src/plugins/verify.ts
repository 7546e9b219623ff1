import type { PluginSession } from './session.js'
import { type Difference, differenceOf, isAsRecorded } from './store/record.js'
import { readingPlugins } from './store/under-lock.js'

/** A plugin compared with what was installed, file by file. */
export interface VerifiedPlugin extends Difference {
  id: string
  version: string | null
  /** Absolute. */
  path: string
  /** `unknown`: there is no record of what was installed. */
  status: 'ok' | 'changed' | 'missing' | 'unknown'
  /** The number of compared files. */
  files: number
}

/**
 * @param ids none: all
 * @throws NotFoundError for one that is not installed
 */
export function verify(session: PluginSession, ids: string[]): Promise<VerifiedPlugin[]> {
  return readingPlugins(session, 'PLUGIN VERIFY', async (store) => {
    const chosen = ids.length > 0 ? ids : [...store.entries.keys()].sort()
    const done: VerifiedPlugin[] = []
    for (const id of chosen) {
      session.signal?.throwIfAborted()
      const { version, sha256 } = store.entry(id)
      const record = await store.recordOf(id)
      const about = { id, version, path: store.folderOf(id), files: record?.files.length ?? 0 }
      const none = { changed: [], missing: [], extra: [] }
      if (!(await store.isThere(id))) done.push({ ...about, ...none, status: 'missing' })
      else if (record?.entry.sha256 !== sha256) done.push({ ...about, ...none, status: 'unknown' })
      else {
        const difference = await differenceOf(about.path, record.files)
        const status = isAsRecorded(difference) ? 'ok' : 'changed'
        done.push({ ...about, ...difference, status })
      }
    }
    return done
  })
}
