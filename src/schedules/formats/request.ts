import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import type { SchedulePlan } from '../plan.js'

/** Everything that a scheduler's files depend on. */
export interface FormatRequest {
  plan: SchedulePlan
  config: Config
  launcher: Launcher
  /** Jobs that share the repositories. */
  shards: number
  /** What npx runs where wizard is not installed: a package by an exact version, or its file. */
  package: string
  /** This machine's time zone, which the schedules mean: `Europe/Berlin`. */
  timeZone: string
}

/** A file for a scheduler, and its name there. */
export interface ScheduleFile {
  name: string
  content: string
}

/** How `npm pack` names the package; a copy of it needs no registry. */
export const packedName = (version: string): string => `udos-wizard-${version}.tgz`
