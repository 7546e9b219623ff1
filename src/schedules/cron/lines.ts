import { quote } from 'shlex'
import { PathError } from '../../base/errors.js'
import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import { type DueVerb, dueCommand, placeOfConfig, rootFlag } from '../command.js'
import { allWithoutZones, type CommandPlan, type SchedulePlan } from '../plan.js'

/** The part of a crontab that belongs to one configuration. */
export interface CrontabBlock {
  begin: string
  end: string
  /** All lines with the two marks, without line ends. */
  lines: string[]
}

/** The prefix of our comments, which distinguishes them from anybody else's. */
export const remark = '# wizard: '

/** Every job of ours contains one of these. */
export const ourCommands = [' repo sync --due --quiet ', ' workflow run --due --quiet ']

/** The marks name the configuration, so that each configuration has its own block. */
export function marksOf(config: Config): Pick<CrontabBlock, 'begin' | 'end'> {
  const name = [JSON.stringify(placeOfConfig(config)), ...rootFlag(config)].join(' ')
  return { begin: `# BEGIN wizard ${name}`, end: `# END wizard ${name}` }
}

/** @throws PathError for a path that a crontab can't contain */
export function crontabBlock(plan: SchedulePlan, config: Config, launcher: Launcher): CrontabBlock {
  const { begin, end } = marksOf(config)
  const jobsOf = (verb: DueVerb, part: CommandPlan) => {
    const command = crontabCommand(dueCommand(verb, launcher, config))
    return allWithoutZones(part).flatMap(({ schedule, in_words }) => [
      `${remark}${in_words}`,
      `${schedule} ${command}`,
    ])
  }
  const runs = jobsOf('workflow run', plan.runs)
  const files = runs.length === 0 ? 'repos.yaml' : 'repos.yaml and components.yaml'
  const head = `${remark}written by SCHEDULE INSTALL, which overwrites it; edit ${files} instead`
  return { begin, end, lines: [begin, head, ...jobsOf('repo sync', plan), ...runs, end] }
}

/** The longest command that Vixie's cron, and most others, accept. */
const longest = 998

/** Quotes for sh and for cron, which reads a percent sign as the end of the line. */
function crontabCommand(words: string[]): string {
  const odd = words.find((word) => /[\\\n\r\0]/.test(word))
  if (odd !== undefined) {
    throw new PathError(`a crontab can't contain ${JSON.stringify(odd)}`, {
      hint: [
        'use a folder without a backslash or a line end, or ',
        { verb: ['SCHEDULE', 'PRINT'], flags: { format: 'systemd' }, brief: true },
      ],
    })
  }
  const command = words.map(quote).join(' ').replaceAll('%', '\\%')
  if (Buffer.byteLength(command) <= longest) return command
  throw new PathError(`the crontab's line would be longer than the ${longest} bytes cron takes`, {
    hint: 'give wizard a shorter path, for example by a symbolic link',
  })
}
