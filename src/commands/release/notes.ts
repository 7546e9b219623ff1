import { textPage } from '../../terminal/page.js'
import { contentOf, firstBytes, maxBytesFlag, noteOmitted } from '../max-bytes.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { releaseTarget, sourceTree } from './target.js'

export const notes = defineVerb({
  name: 'notes',
  summary: 'write the changes since the previous version as Markdown',
  examples: [
    { command: 'wizard RELEASE NOTES core', does: 'what is not released yet' },
    {
      command: 'wizard RELEASE NOTES core@1.2.0',
      does: 'since the version before 1.2.0; its tag need not exist yet',
    },
    {
      command: 'wizard RELEASE NOTES uDOS/typo@v2.0.0 --previous v1.0.0',
      does: 'of any repository, since a given tag',
    },
  ],
  args: [
    {
      name: 'target',
      summary: 'component, repo or owner/repo, with @tag or @version; default: up to HEAD',
      optional: true,
    },
  ],
  flags: {
    previous: {
      type: 'text',
      value: 'TAG',
      summary: 'the previous tag or version; default: the highest lower one',
    },
    github: { type: 'boolean', summary: "by GitHub's own generator, for the whole repository" },
    source: {
      type: 'text',
      value: 'DIR',
      summary: 'the clone to read; default: the one you are in, or the one in repos.yaml',
    },
    ...repositoryFlag,
    ...maxBytesFlag,
  },
  async run(invocation, [target], { previous, github, source: folder, repo, 'max-bytes': most }) {
    const { subject, named } = await releaseTarget(invocation, target, repo)
    const source = await sourceTree(invocation, subject, folder)
    const manager = await invocation.releaseManager()
    const request = { subject, tag: named, previous, source, github }
    const text = await manager.generateNotes(request, invocation.call)
    const { content, omitted } = firstBytes(Buffer.from(text), most)
    noteOmitted(invocation, omitted, 'first')
    return contentOf(content, omitted)
  },
  isLong: true,
  render: ({ content }) => textPage(content),
})
