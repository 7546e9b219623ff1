import { resolve } from 'node:path'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { notesChoice, notesFlags, releaseOutputs, resultPage } from './shared.js'
import { latestChoices, taggedArgument, taggedTarget } from './target.js'

export const create = defineVerb({
  name: 'create',
  summary: 'create a release; it stays a draft until all its files are uploaded',
  examples: [
    {
      command: 'wizard RELEASE CREATE uDOS/typo@v1.2.0 --generate-notes',
      does: 'at the tip of the default branch',
    },
    {
      command: 'wizard RELEASE CREATE core@1.2.0 dist/core.tcz --notes-file NOTES.md',
      does: "a component's version, with a file",
    },
    {
      command: 'wizard RELEASE CREATE typo@v1.2.0 --target 1a2b3c4 --draft',
      does: 'a draft at a commit',
    },
  ],
  args: [taggedArgument, { name: 'file', summary: 'its assets', optional: true, variadic: true }],
  flags: {
    title: { type: 'text', value: 'T', summary: 'default: the tag' },
    ...notesFlags,
    target: {
      type: 'text',
      value: 'SHA|BRANCH',
      summary: 'where to place a new tag; default: the default branch',
    },
    draft: { type: 'boolean', summary: 'leave it unpublished' },
    prerelease: { type: 'boolean', summary: 'mark it as a pre-release' },
    latest: {
      type: 'choice',
      choices: latestChoices,
      summary: 'mark it as the latest; auto: if its version is the highest',
    },
    ...repositoryFlag,
  },
  async run(invocation, [text = '', ...files], flags) {
    const { subject, named } = await taggedTarget(invocation, text, flags.repo)
    const notes = await notesChoice(invocation, flags)
    const manager = await invocation.releaseManager()
    return manager.create(
      {
        subject,
        named,
        title: flags.title,
        notes: notes.kind === 'own' ? { kind: 'none' } : notes,
        target: flags.target,
        draft: flags.draft,
        prerelease: flags.prerelease,
        latest: flags.latest ?? 'auto',
        files: files.map((file) => resolve(invocation.cwd, file)),
      },
      invocation.call,
    )
  },
  render: resultPage,
  outputs: releaseOutputs,
})
