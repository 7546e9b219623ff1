import { isDeepStrictEqual } from 'node:util'
import { ConflictError, WizardError, withHint } from '../../base/errors.js'
import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import { hasSchedules, planSchedules } from '../plan.js'
import type { Crontab } from './crontab.js'
import { blockIn, type CrontabText, withBlock, withoutBlock } from './edit.js'
import { type CrontabBlock, crontabBlock, marksOf } from './lines.js'

/** The change to wizard's block in the crontab. */
export interface CrontabChange {
  action: 'installed' | 'updated' | 'removed' | 'unchanged' | 'declined' | 'planned'
  /** The block's lines before and after; null: no block. */
  before: string[] | null
  after: string[] | null
}

interface ChangeRequest {
  confirm(change: CrontabChange): Promise<boolean>
  /** Asks nothing and changes nothing. */
  dryRun?: boolean
}

/**
 * Installs the block in the crontab after confirmation; nothing else changes.
 *
 * @throws ConflictError if the block is damaged, or somebody else changes it at the same time
 */
export async function installBlock(
  crontab: Crontab,
  block: CrontabBlock,
  request: ChangeRequest,
): Promise<CrontabChange> {
  const text = await crontab.read()
  const before = blockIn(text, block)
  const action = before === null ? 'installed' : 'updated'
  const plan = { action, before, after: block.lines } as const
  return change(crontab, { text, edit: (now) => withBlock(now, block), block, plan }, request)
}

/** Removes the block, so that the crontab is byte for byte the original. @throws as installBlock */
export async function removeBlock(
  crontab: Crontab,
  block: Marks,
  request: ChangeRequest,
): Promise<CrontabChange> {
  const text = await crontab.read()
  const plan = { action: 'removed', before: blockIn(text, block), after: null } as const
  return change(crontab, { text, edit: (now) => withoutBlock(now, block), block, plan }, request)
}

type Marks = Pick<CrontabBlock, 'begin' | 'end'>

interface Edit {
  text: CrontabText
  edit(text: CrontabText): CrontabText
  block: Marks
  plan: CrontabChange
}

async function change(
  crontab: Crontab,
  { text, edit, block, plan }: Edit,
  { confirm, dryRun = false }: ChangeRequest,
): Promise<CrontabChange> {
  if (edit(text) === text) return { ...plan, action: 'unchanged' }
  if (dryRun) return { ...plan, action: 'planned' }
  if (!(await confirm(plan))) return { ...plan, action: 'declined' }
  return crontab.alone(async () => {
    // The confirmation may have taken some time: what others wrote outside of the block stays.
    const now = await crontab.read()
    if (!isDeepStrictEqual(blockIn(now, block), plan.before)) throw changedMeanwhile()
    const written = await write(crontab, now, edit(now))
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

const unknown = 'it may have been changed: see `crontab -l`'
const changedAllTheSame = 'it was changed nevertheless: see `crontab -l`'

const changedMeanwhile = () =>
  new ConflictError(
    "somebody else changed wizard's block in the meantime, so nothing was written",
    {
      hint: 'run the command again',
    },
  )

const overwritten = () =>
  new ConflictError('the crontab differs from what was written: somebody else edits it too', {
    hint: 'look at `crontab -l`, and run the command again',
  })

/**
 * Whether the crontab matches repos.yaml. `unscheduled`: there is no schedule, and no block either;
 * `left-over`: a block of schedules that are gone; `unknown`: the crontab can't be read.
 */
export type CrontabState =
  | 'installed'
  | 'out-of-date'
  | 'absent'
  | 'unscheduled'
  | 'left-over'
  | 'damaged'
  | 'unknown'

/** @throws errors that are not a WizardError */
export async function crontabState(
  config: Config,
  launcher: Launcher,
  crontab: Pick<Crontab, 'read'>,
): Promise<CrontabState> {
  try {
    const isScheduled = await hasSchedules(config)
    if (config.dir === null) return 'unscheduled'
    const text = await textOf(crontab)
    if (text === null) return isScheduled ? 'unknown' : 'unscheduled'
    const isThere = blockIn(text, marksOf(config)) !== null
    if (!isScheduled) return isThere ? 'left-over' : 'unscheduled'
    if (!isThere) return 'absent'
    const block = crontabBlock(await planSchedules(config), config, launcher)
    return withBlock(text, block) === text ? 'installed' : 'out-of-date'
  } catch (error) {
    if (error instanceof ConflictError) return 'damaged'
    if (error instanceof WizardError) return 'out-of-date'
    throw error
  }
}

/** null: it can't be read. */
async function textOf(crontab: Pick<Crontab, 'read'>): Promise<CrontabText | null> {
  try {
    return await crontab.read()
  } catch (error) {
    if (error instanceof WizardError) return null
    throw error
  }
}
