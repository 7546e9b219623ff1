import { ConfigError } from '../base/errors.js'
import type { Config } from '../config/load.js'
import type { Launcher } from '../process/host.js'

/** Seconds that a run waits for the one before it: two schedules may fall on the same minute. */
const lockWait = 3600

/** What a scheduler runs: all that is due, silent when it is well. No secret is in it. */
export function dueCommand({ node, script }: Launcher, config: Config): string[] {
  const rest = ['--due', '--quiet', '--lock-wait', String(lockWait), '--config', folderOf(config)]
  return [node, script, 'repo', 'sync', ...rest, ...rootFlag(config)]
}

/** @throws ConfigError where there is no configuration */
export function folderOf({ dir, fileFor }: Pick<Config, 'dir' | 'fileFor'>): string {
  if (dir !== null) return dir
  throw new ConfigError(`there is no ${fileFor('repos')}, so there is nothing to schedule`, {
    hint: [
      { verb: ['REPO', 'ADD'], target: 'owner/repo' },
      ' writes it; ',
      { flag: 'config', value: 'DIR' },
      ' names another folder',
    ],
  })
}

/** A root that no file says would be another one in a scheduler's environment. */
export function rootFlag({ root, sources }: Pick<Config, 'root' | 'sources'>): string[] {
  const source = sources.root?.from
  return source === 'flag' || source === 'variable' ? ['--root', root] : []
}
