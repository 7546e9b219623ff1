import { ConfigError, ConflictError, WizardError, withHint } from '../../base/errors.js'
import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import { planSchedules } from '../plan.js'
import type { Crontab } from './crontab.js'
import { blockIn, type CrontabText, withBlock, withoutBlock } from './edit.js'
import { type CrontabBlock, crontabBlock, marksOf } from './lines.js'

/** The change to wizard's block in the crontab. */
export interface CrontabChange {
  action: 'installed' | 'updated' | 'removed' | 'unchanged' | 'declined'
  /** The block's lines before and after; null: no block. */
  before: string[] | null
  after: string[] | null
}

type Confirm = (change: CrontabChange) => Promise<boolean>

/**
 * Installs the block in the crontab after confirmation; nothing else changes.
 *
 * @throws ConflictError if the block is damaged, or somebody else changes the crontab at the same
 *   time
 */
export async function installBlock(
  crontab: Crontab,
  block: CrontabBlock,
  confirm: Confirm,
): Promise<CrontabChange> {
  const text = await crontab.read()
  const before = blockIn(text, block)
  const action = before === null ? 'installed' : 'updated'
  return change(crontab, text, withBlock(text, block), {
    plan: { action, before, after: block.lines },
    confirm,
  })
}

/** Removes the block, so that the crontab is byte for byte the original. @throws as installBlock */
export async function removeBlock(
  crontab: Crontab,
  marks: Pick<CrontabBlock, 'begin' | 'end'>,
  confirm: Confirm,
): Promise<CrontabChange> {
  const text = await crontab.read()
  const before = blockIn(text, marks)
  return change(crontab, text, withoutBlock(text, marks), {
    plan: { action: 'removed', before, after: null },
    confirm,
  })
}

async function change(
  crontab: Crontab,
  from: CrontabText,
  to: CrontabText,
  { plan, confirm }: { plan: CrontabChange; confirm: Confirm },
): Promise<CrontabChange> {
  if (from === to) return { ...plan, action: 'unchanged' }
  if (!(await confirm(plan))) return { ...plan, action: 'declined' }
  return crontab.alone(async () => {
    // The confirmation may have taken some time.
    if ((await crontab.read()) !== from) throw changedMeanwhile()
    const written = await write(crontab, from, to)
    if ((await crontab.read()) !== written) throw overwritten()
    return plan
  })
}

/** Returns what was written: cron may require a newline at the end. */
async function write(crontab: Crontab, from: CrontabText, to: CrontabText): Promise<CrontabText> {
  const whole = to === '' || to.endsWith('\n') ? to : `${to}\n`
  try {
    await crontab.write(to)
    return to
  } catch (error) {
    const now = await crontab.read().catch(() => null)
    if (now !== from) throw withHint(error, now === null ? unknown : changedAllTheSame)
    if (whole === to) throw withHint(error, 'nothing was changed')
  }
  await crontab.write(whole)
  return whole
}

const unknown = 'whether it was changed is not known: see `crontab -l`'
const changedAllTheSame = 'it was changed all the same: see `crontab -l`'

const changedMeanwhile = () =>
  new ConflictError('somebody else has changed the crontab meanwhile, so nothing was written', {
    hint: 'run the command again',
  })

const overwritten = () =>
  new ConflictError('the crontab is not what was written: somebody else writes it as well', {
    hint: 'look at `crontab -l`, and run the command again',
  })

/** Whether the crontab matches repos.yaml; `unknown` if it can't be read. */
export type CrontabState = 'installed' | 'out-of-date' | 'absent' | 'damaged' | 'unknown'

/** @throws errors that are not a WizardError */
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
