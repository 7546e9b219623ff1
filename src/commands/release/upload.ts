import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { assetsPage, releaseOutputs } from './shared.js'
import { taggedArgument, taggedTarget } from './target.js'

export const upload = defineVerb({
  name: 'upload',
  summary: 'upload files to a release, several at once, each verified',
  examples: [
    { command: 'wizard RELEASE UPLOAD core@1.2.0 dist/*.tcz', does: 'existing assets stay' },
    {
      command: 'wizard RELEASE UPLOAD typo@v1.2.0 typo.iso --clobber',
      does: 'replaces one that differs, on a draft',
    },
  ],
  args: [taggedArgument, { name: 'file', summary: 'files', variadic: true }],
  flags: {
    clobber: { type: 'boolean', summary: 'replace assets that differ, on a draft' },
    ...repositoryFlag,
  },
  async run(invocation, [text = '', ...files], { clobber, repo }) {
    if (files.length === 0) {
      throw new UsageError('no file given', { hint: `wizard RELEASE UPLOAD ${text} FILE…` })
    }
    const { subject, named } = await taggedTarget(invocation, text, repo)
    const manager = await invocation.releaseManager()
    return manager.upload(
      {
        subject,
        named,
        files: files.map((file) => resolve(invocation.cwd, file)),
        clobber,
      },
      invocation.call,
    )
  },
  render: (release, { globals }) => (globals.quiet ? { kind: 'nothing' } : assetsPage(release)),
  outputs: releaseOutputs,
})
