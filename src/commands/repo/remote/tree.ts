import { repositoryTarget } from '../../targets.js'
import { defineVerb } from '../../verb.js'

export const tree = defineVerb({
  name: 'tree',
  summary: "list a repository's files on GitHub",
  examples: [
    { command: 'wizard REPO TREE uDOS/typo', does: 'its top folder' },
    { command: 'wizard REPO TREE uDOS/typo --recursive --ref v1.2.0', does: 'all files, at a tag' },
  ],
  args: [{ name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' }],
  flags: {
    ref: {
      type: 'text',
      value: 'R',
      summary: 'a branch, tag or commit; default: the default branch',
    },
    recursive: { type: 'boolean', summary: 'include all subfolders' },
  },
  async run(invocation, [target = ''], { ref, recursive }) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    return (await invocation.github()).getTree(owner, repo, ref, recursive)
  },
  isLong: true,
  render: (entries) => ({
    kind: 'table',
    columns: [
      { title: 'MODE', spare: 1, tone: () => 'faint' },
      { title: 'TYPE', spare: 2 },
      { title: 'SIZE', spare: 3, align: 'right' },
      { title: 'PATH', cut: 'middle' },
    ],
    rows: entries.map(({ mode, type, size, path }) => [
      mode,
      type,
      size === null ? '' : String(size),
      path,
    ]),
  }),
})
