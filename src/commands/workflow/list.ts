import { repositoryAround, repositoryFlag, repositoryTarget } from '../targets.js'
import { defineVerb } from '../verb.js'

export const list = defineVerb({
  name: 'list',
  summary: "list a repository's workflows",
  examples: [
    { command: 'wizard WORKFLOW LIST uDOS/uDOS', does: 'their ids, names and files' },
    { command: 'wizard WORKFLOW LIST', does: 'of the clone that you are in' },
  ],
  args: [
    {
      name: 'repo',
      summary: 'owner/repo, a component, or a name below the default owner',
      optional: true,
    },
  ],
  flags: repositoryFlag,
  async run(invocation, [target], { repo: flag }) {
    const { owner, repo } =
      target === undefined
        ? await repositoryAround(invocation, flag)
        : await repositoryTarget(invocation, target)
    return (await invocation.github()).listWorkflows(owner, repo)
  },
  isLong: true,
  render: (workflows) => ({
    kind: 'table',
    columns: [
      { title: 'NAME', cut: 'middle' },
      { title: 'FILE', cut: 'middle' },
      { title: 'STATE', tone: (cell) => (cell === 'active' ? 'good' : 'warning') },
      { title: 'ID', spare: 1, align: 'right' },
    ],
    rows: workflows.map(({ id, name, path, state }) => [name, path, state, String(id)]),
    empty: 'no workflows found',
  }),
})
