import { UsageError } from '../../base/errors.js'
import type { Config } from '../../config/load.js'
import type { Invocation } from '../../invocation.js'
import type { FlagSpecs } from '../flags.js'

export const formats = ['cron', 'systemd', 'kubernetes', 'github-actions'] as const
export type Format = (typeof formats)[number]

export const formatFlag = {
  type: 'choice',
  choices: formats,
  summary: 'the scheduler; default: cron',
} as const

export const dryRunFlag = {
  'dry-run': { type: 'boolean', summary: 'show the lines that would change, and change nothing' },
} as const satisfies FlagSpecs

const remedies: Record<Exclude<Format, 'cron'>, string> = {
  systemd:
    'SCHEDULE PRINT --format systemd shows the units: put them into ~/.config/systemd/user, then systemctl --user enable --now the timer',
  kubernetes: 'wizard SCHEDULE PRINT --format kubernetes | kubectl apply -f -',
  'github-actions':
    'wizard SCHEDULE PRINT --format github-actions > .github/workflows/wizard.yml, and commit it',
}

/** @throws UsageError for a scheduler that is not on this machine, or is configured by files */
export function assertCron(verb: 'INSTALL' | 'REMOVE', format: Format = 'cron'): void {
  if (format === 'cron') return
  const hint =
    verb === 'INSTALL' ? remedies[format] : 'remove by hand what you made with SCHEDULE PRINT'
  throw new UsageError(`SCHEDULE ${verb} edits only the crontab, nothing of ${format}`, { hint })
}

/** Settings that a run by this machine's scheduler would lack. */
export async function scheduleWarningsOf(
  { host: { env, launcher } }: Invocation,
  config: Config,
): Promise<string[]> {
  const { missingElsewhere } = await import('../../schedules/command.js')
  const warnings = await missingElsewhere(config, env)
  if (/[\\/]_npx[\\/]/.test(launcher.script)) {
    warnings.push(
      `npx will remove ${launcher.script} one day: install wizard with npm install --global`,
    )
  }
  return warnings
}

export function noteWarnings({ terminal, globals }: Invocation, warnings: string[]): void {
  if (!globals.quiet) for (const warning of warnings) terminal.note(`warning: ${warning}`)
}
