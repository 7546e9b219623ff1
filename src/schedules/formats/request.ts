import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import type { SchedulePlan } from '../plan.js'

/** What a scheduler's files are made of. */
export interface FormatRequest {
  plan: SchedulePlan
  config: Config
  launcher: Launcher
  /** Jobs that share the repositories out. */
  shards: number
  /** Of wizard, for those that fetch it themselves. */
  version: string
  /** This machine's, in which schedules are meant: `Europe/Berlin`. */
  timeZone: string
}

/** A file that a scheduler reads; `name` is what it goes by there. */
export interface ScheduleFile {
  name: string
  content: string
}
