import { contentOf, firstBytes, maxBytesFlag, noteOmitted } from '../../max-bytes.js'
import { repositoryTarget } from '../../targets.js'
import { defineVerb } from '../../verb.js'

export const cat = defineVerb({
  name: 'cat',
  summary: 'print a file on GitHub, byte for byte',
  examples: [
    { command: 'wizard REPO CAT uDOS/typo README.md', does: 'on the default branch' },
    { command: 'wizard REPO CAT uDOS/typo logo.png --ref v1.2.0 > logo.png', does: 'at a tag' },
  ],
  args: [
    { name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' },
    { name: 'path', summary: "from the repository's top" },
  ],
  flags: {
    ref: {
      type: 'text',
      value: 'R',
      summary: 'a branch, tag or commit; default: the default branch',
    },
    ...maxBytesFlag,
  },
  async run(invocation, [target = '', path = ''], { ref, 'max-bytes': most }) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    const bytes = await (await invocation.github()).getFileBytes(owner, repo, path, ref)
    const start = firstBytes(bytes, most)
    noteOmitted(invocation, start.omitted, 'first')
    return start
  },
  json: ({ content, omitted }) => contentOf(content, omitted),
  render: ({ content }) => ({ kind: 'bytes', bytes: content }),
})
