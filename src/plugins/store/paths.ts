import { join } from 'node:path'

/** The folders of a root's plugins, and of wizard's own data about them. */
export interface StorePaths {
  root: string
  /** A folder for each plugin, by its id. */
  plugins: string
  /** wizard's own data; it contains the other folders except the trash. */
  own: string
  /** What is to be installed; keep it under version control. */
  lockFile: string
  /** The lock that lets only one wizard work at a time. */
  mark: string
  /** Enabled or not, pinned, GitHub's last known version. */
  state: string
  /** The change in progress, for a run after a kill. */
  journal: string
  /** Unfinished builds; they do not outlive the run. */
  staging: string
  /** The previous version, by id. */
  previous: string
  /** A record of the installed files, by id. */
  records: string
  /** Installed versions, by the lock's sha256. */
  cache: string
  trash: string
}

export function pathsOf(root: string): StorePaths {
  const plugins = join(root, 'plugins')
  const own = join(plugins, '.wizard')
  return {
    root,
    plugins,
    own,
    lockFile: join(plugins, 'plugins.lock.json'),
    mark: join(own, 'lock'),
    state: join(own, 'state.json'),
    journal: join(own, 'journal.json'),
    staging: join(own, 'staging'),
    previous: join(own, 'previous'),
    records: join(own, 'files'),
    cache: join(own, 'cache'),
    trash: join(root, '.wizard', 'trash'),
  }
}
