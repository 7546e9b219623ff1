import type { PublishPlan } from '../../core/releases/pipeline/types.js'

/** What will be done, a step a line, and the notes below. */
export function planLines(plan: PublishPlan): string[] {
  const { repo, tag, commit, previous_tag: previous, prerelease, latest, steps, notes } = plan
  const kind = prerelease ? 'pre-release' : latest ? 'latest' : 'not the latest'
  const width = Math.max(...steps.map(({ step }) => step.length))
  return [
    `${repo} ${tag} (${kind}) at ${commit}${previous === null ? '' : `, after ${previous}`}`,
    ...steps.map(({ step, does }) => `  ${step.padEnd(width)}  ${does}`),
    'notes:',
    ...notes
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`.trimEnd()),
  ]
}
