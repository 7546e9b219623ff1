import { oneLine } from '../../core/text.js'
import type { FailedStep, LogChunk } from '../../core/workflows/logs.js'

/** Logs with a line before each job and step, so that it is seen whose they are. */
export async function* labelled(chunks: AsyncIterable<LogChunk>): AsyncGenerator<string> {
  let last = ''
  for await (const { job, step, text } of chunks) {
    const label = titleOf(job, step)
    if (label !== last) yield `== ${label}\n`
    last = label
    yield text
  }
}

/** The ends of the steps that failed. */
export async function* ends(steps: FailedStep[]): AsyncGenerator<string> {
  for (const { job, step, lines, cut } of steps) {
    yield `== ${titleOf(job, step)}${cut ? ` (the last ${lines.length} lines)` : ''}\n`
    for (const line of lines) yield `${line}\n`
  }
}

const titleOf = (job: LogChunk['job'], step: LogChunk['step']) =>
  oneLine(step === null ? job.name : `${job.name} / ${step.number} ${step.name}`)
