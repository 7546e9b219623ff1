import { quote } from 'shlex'
import { PathError } from '../../base/errors.js'
import type { Config } from '../../config/load.js'
import type { Launcher } from '../../process/host.js'
import { dueCommand, folderOf, rootFlag } from '../command.js'
import { allOf, type SchedulePlan } from '../plan.js'

/** The part of a crontab that is one configuration's. */
export interface CrontabBlock {
  begin: string
  end: string
  /** All lines, the two marks among them, without their ends. */
  lines: string[]
}

/** What every remark of ours begins with, so that nobody else's is taken for it. */
export const remark = '# wizard: '

/** What every job of ours has in it. */
export const ourCommand = ' repo sync --due --quiet '

/** The marks name the configuration, so that two of them have a block each. */
export function marksOf(config: Config): Pick<CrontabBlock, 'begin' | 'end'> {
  const name = [JSON.stringify(folderOf(config)), ...rootFlag(config)].join(' ')
  return { begin: `# BEGIN wizard ${name}`, end: `# END wizard ${name}` }
}

/** @throws PathError for a path that no crontab can hold */
export function crontabBlock(plan: SchedulePlan, config: Config, launcher: Launcher): CrontabBlock {
  const { begin, end } = marksOf(config)
  const command = crontabCommand(dueCommand(launcher, config))
  const jobs = allOf(plan).flatMap(({ schedule, in_words }) => [
    `${remark}${in_words}`,
    `${schedule} ${command}`,
  ])
  const head = `${remark}written by SCHEDULE INSTALL, which writes it anew; edit repos.yaml instead`
  return { begin, end, lines: [begin, head, ...jobs, end] }
}

/** The most that Vixie's cron, and so most others, takes of a command. */
const longest = 998

/** For sh, and for cron, to which a percent sign is the end of the line. */
function crontabCommand(words: string[]): string {
  const odd = words.find((word) => /[\\\n\r\0]/.test(word))
  if (odd !== undefined) {
    throw new PathError(`a crontab can't hold ${JSON.stringify(odd)}`, {
      hint: [
        'name a folder without a backslash or a line end, or take ',
        { verb: ['SCHEDULE', 'PRINT'], flags: { format: 'systemd' }, brief: true },
      ],
    })
  }
  const command = words.map(quote).join(' ').replaceAll('%', '\\%')
  if (Buffer.byteLength(command) <= longest) return command
  throw new PathError(`the crontab's line would be longer than the ${longest} bytes cron takes`, {
    hint: 'give wizard a shorter path, by a symbolic link say',
  })
}
