import type { Config } from '../../config/load.js'
import type { Invocation } from '../../invocation.js'

/** What a run by this machine's scheduler would miss. */
export async function warningsOf(
  { host: { env, launcher } }: Invocation,
  config: Config,
): Promise<string[]> {
  const { missingElsewhere } = await import('../../schedules/environment.js')
  const warnings = await missingElsewhere(config, env)
  if (/[\\/]_npx[\\/]/.test(launcher.script)) {
    warnings.push(`${launcher.script} is npx's, which removes it one day: npm install --global it`)
  }
  return warnings
}

export function tellOf({ terminal, globals }: Invocation, warnings: string[]): void {
  if (!globals.quiet) for (const warning of warnings) terminal.note(`warning: ${warning}`)
}
