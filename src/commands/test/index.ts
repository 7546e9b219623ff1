import { lines } from '../../terminal/page.js'
import { findComponent } from '../targets.js'
import { defineVerb } from '../verb.js'
import { readAssignments, readInputValues, runAndWait, runAndWaitFlags } from '../workflow/run.js'
import { formatConclusion, runFailure, runOutputs } from '../workflow/shared.js'
import { workflowTarget } from '../workflow/target.js'

/** Half an hour, as the specification requires. */
const usualTimeout = 1800

const run = defineVerb({
  name: 'run',
  summary: "run a component's tests on GitHub, and report the result in a line",
  examples: [
    { command: 'wizard TEST RUN core', does: 'is WORKFLOW RUN core/tests --wait --timeout 1800' },
    {
      command: 'wizard TEST RUN core && wizard REPO SYNC core',
      does: 'continues only if they pass',
    },
  ],
  args: [
    {
      name: 'component',
      summary: 'a component, or a repository with a workflow named tests',
    },
    { name: 'key=value', summary: "the workflow's inputs", optional: true, variadic: true },
  ],
  flags: runAndWaitFlags,
  async run(invocation, [target = '', ...assignments], values) {
    const inputs = await readInputValues(invocation, readAssignments(assignments))
    const known = findComponent(await (await invocation.config()).components(), target)
    const found = await workflowTarget(invocation, `${known?.name ?? target}/tests`, undefined)
    const timeout = invocation.globals.timeout ?? usualTimeout
    const named = { ...found, workflow: found.workflow ?? 'tests' }
    const options = { ref: values.ref ?? found.ref, inputs: { ...found.inputs, ...inputs } }
    return runAndWait(invocation, named, { ...values, ...options, timeout })
  },
  json: (result) => result.run,
  // Cron mails everything that is printed.
  render: (result, invocation) =>
    invocation.globals.quiet && runFailure(result) === null
      ? { kind: 'nothing' }
      : lines(formatConclusion(result)),
  partialFailure: runFailure,
  outputs: runOutputs,
})

export const verbs = [run]
