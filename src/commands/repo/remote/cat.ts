import { isUtf8 } from 'node:buffer'
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
  },
  async run(invocation, [target = '', path = ''], { ref }) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    return (await invocation.github()).getFileBytes(owner, repo, path, ref)
  },
  json: (bytes) =>
    isUtf8(bytes)
      ? { content: bytes.toString('utf8'), encoding: 'utf-8' }
      : { content: bytes.toString('base64'), encoding: 'base64' },
  render: (bytes) => ({ kind: 'bytes', bytes }),
})
