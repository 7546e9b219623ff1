import { findComponent } from '../targets.js'
import { defineVerb, type Verb } from '../verb.js'
import { showLogs } from '../workflow/after-run.js'
import { parseInputs } from '../workflow/run.js'
import { runOutputs, runPage, runShortfall, untilTimeout } from '../workflow/run-result.js'
import { workflowTarget } from '../workflow/target.js'

/** Half an hour, as the specification says. */
const usualTimeout = 1800

const run = defineVerb({
  name: 'run',
  summary: "run a component's tests on GitHub, and say in a line how they ended",
  examples: [
    { command: 'wizard TEST RUN core', does: 'is WORKFLOW RUN core/tests --wait --timeout 1800' },
    { command: 'wizard TEST RUN core && wizard REPO SYNC core', does: 'goes on only if they pass' },
  ],
  args: [
    {
      name: 'component',
      summary: 'a component of components.yaml, or a repository with a workflow tests',
    },
    { name: 'key=value', summary: "the workflow's inputs", optional: true, variadic: true },
  ],
  flags: {
    ref: { type: 'text', value: 'R', summary: 'a branch or tag; default: the default branch' },
  },
  async run(context, [target = '', ...assignments], { ref }) {
    const inputs = parseInputs(assignments)
    const known = findComponent(await (await context.config()).components(), target)
    const { owner, repo, workflow } = await workflowTarget(
      context,
      `${known?.name ?? target}/tests`,
      undefined,
    )
    const runner = await context.workflowRunner()
    const timeout = context.globals.timeout ?? usualTimeout
    const result = await untilTimeout(
      runner.run(owner, repo, workflow ?? 'tests', { ref, inputs, wait: true, timeout }),
    )
    if (!result.timeout) await showLogs(context, result.run)
    return result
  },
  json: (result) => result.run,
  render: runPage,
  shortfall: runShortfall,
  outputs: runOutputs,
})

export const verbs: Verb[] = [run]
