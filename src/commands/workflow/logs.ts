import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { textPage } from '../../terminal/page.js'
import type { FailedStep, LogChunk } from '../../workflows/logs/logs.js'
import { contentOf, lastBytes, maxBytesFlag, noteOmitted } from '../max-bytes.js'
import { defineVerb } from '../verb.js'
import { attemptFlag, runArgument, runFlags, runTarget } from './run-target.js'

export const logs = defineVerb({
  name: 'logs',
  summary: "print a run's log, job by job and step by step",
  examples: [
    {
      command: 'wizard WORKFLOW LOGS core/tests --failed',
      does: 'the failed jobs of the newest run',
    },
    { command: 'wizard WORKFLOW LOGS uDOS/uDOS/123456 --job build', does: 'one job' },
  ],
  args: [runArgument],
  flags: {
    job: { type: 'text', value: 'NAME', summary: 'the log of one job, by its name or id' },
    failed: { type: 'boolean', summary: 'only the failed steps of failed jobs' },
    ...runFlags,
    ...attemptFlag,
    ...maxBytesFlag,
  },
  async run(invocation, [target = ''], { job, failed, 'max-bytes': most, ...flags }) {
    const { owner, repo, runId, ...part } = await runTarget(invocation, target, flags)
    if (job !== undefined && part.jobId !== undefined)
      throw new UsageError(`${target} already names a job, so --job can't name another`)
    const runner = await invocation.workflowRunner()
    const colours = invocation.terminal.out.hasColour && !invocation.globals.json
    const text = labelled(
      runner.readLogs(owner, repo, runId, { ...part, job, failed, colours }, invocation.call),
    )
    // A document is written at once, so it needs the whole log; and the end is known last.
    if (!invocation.globals.json && most === undefined) return text
    const end = await lastBytes(text, most)
    noteOmitted(invocation, end.omitted, 'last')
    return end
  },
  json: (log) => ('content' in log ? contentOf(Buffer.from(log.content), log.omitted) : undefined),
  isLong: true,
  render: (log) => ('content' in log ? textPage(log.content) : { kind: 'text', chunks: log }),
})

/** Logs with a line before each job and step that names it. */
export async function* labelled(chunks: AsyncIterable<LogChunk>): AsyncGenerator<string> {
  let last = ''
  for await (const { job, step, text } of chunks) {
    const label = titleOf(job, step)
    if (label !== last) yield `== ${label}\n`
    last = label
    yield text
  }
}

/** The last lines of the failed steps. */
export async function* ends(steps: FailedStep[]): AsyncGenerator<string> {
  for (const { job, step, lines, cut } of steps) {
    yield `== ${titleOf(job, step)}${cut ? ` (the last ${lines.length} lines)` : ''}\n`
    for (const line of lines) yield `${line}\n`
  }
}

const titleOf = (job: LogChunk['job'], step: LogChunk['step']) =>
  oneLine(step === null ? job.name : `${job.name} / ${step.number} ${step.name}`)
