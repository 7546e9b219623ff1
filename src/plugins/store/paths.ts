import { join } from 'node:path'

/** Where the plugins of a root are, and what wizard keeps beside them. */
export interface StorePaths {
  root: string
  /** A folder for each plugin, by its id. */
  plugins: string
  /** What wizard keeps there; below it are the other folders but the trash. */
  own: string
  /** What is to be installed; worth to be kept under version control. */
  lockFile: string
  /** Where one wizard at a time says that it is at work. */
  mark: string
  /** Enabled or not, pinned, what GitHub had. */
  state: string
  /** What was being put in place, where a kill came between. */
  journal: string
  /** What is being built; nothing in it outlives the run. */
  staging: string
  /** The version before, by id. */
  previous: string
  /** What was installed, file by file, by id. */
  records: string
  /** Versions as they were installed, by the sha256 of the lock. */
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
