import { repositoryTarget } from '../../targets.js'
import { defineVerb } from '../../verb.js'

export const view = defineVerb({
  name: 'view',
  summary: 'show a repository on GitHub',
  examples: [
    { command: 'wizard REPO VIEW uDOS/typo', does: 'its description, default branch, topics …' },
    { command: 'wizard REPO VIEW typo --json | jq -r .default_branch', does: 'for scripts' },
  ],
  args: [{ name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' }],
  flags: {},
  async run(invocation, [target = '']) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    return (await invocation.github()).getRepo(owner, repo)
  },
  render: (found) => ({
    kind: 'table',
    columns: [
      { title: 'FIELD', tone: () => 'faint' },
      { title: 'VALUE', flexible: true },
    ],
    rows: Object.entries(found).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(', ') : String(value ?? ''),
    ]),
  }),
})
