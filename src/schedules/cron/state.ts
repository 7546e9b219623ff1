import { ConfigError, ConflictError, WizardError } from '../../base/errors.js'
import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import { planSchedules } from '../plan.js'
import type { Crontab } from './crontab.js'
import { blockIn, withBlock } from './edit.js'
import { crontabBlock, marksOf } from './lines.js'

/** Whether the crontab runs what repos.yaml says; `unknown` where it can't be read. */
export type CrontabState = 'installed' | 'out-of-date' | 'absent' | 'damaged' | 'unknown'

/** @throws what is no WizardError */
export async function crontabState(
  config: Config,
  launcher: Launcher,
  crontab: Pick<Crontab, 'read'>,
): Promise<CrontabState> {
  try {
    const text = await crontab.read()
    if (blockIn(text, marksOf(config)) === null) return 'absent'
    const block = crontabBlock(await planSchedules(config), config, launcher)
    return withBlock(text, block) === text ? 'installed' : 'out-of-date'
  } catch (error) {
    if (error instanceof ConflictError) return 'damaged'
    if (error instanceof ConfigError) return 'out-of-date'
    if (error instanceof WizardError) return 'unknown'
    throw error
  }
}
