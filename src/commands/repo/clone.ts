import { resolve } from 'node:path'
import { repositoryTarget } from '../targets.js'
import { defineVerb } from '../verb.js'
import { entryFailure, entryPage } from './shared.js'

export const clone = defineVerb({
  name: 'clone',
  summary: 'clone one repository, with all branches and tags',
  examples: [
    { command: 'wizard REPO CLONE uDOS/typo', does: 'into ./typo' },
    {
      command: 'wizard REPO CLONE uDOS/typo tools/typo --branch v1.2.0',
      does: 'at a tag, elsewhere',
    },
    {
      command: 'wizard REPO CLONE https://github.com/uDOS/typo --depth 1',
      does: 'only the newest commit',
    },
  ],
  args: [
    { name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' },
    { name: 'dest', summary: 'the folder; default: ./repo', optional: true },
  ],
  flags: {
    branch: { type: 'text', value: 'REF', summary: 'a branch, a tag or a full commit id' },
    depth: {
      type: 'integer',
      value: 'N',
      min: 1,
      summary: 'only the last N commits; implies --single-branch',
    },
    'single-branch': { type: 'boolean', summary: 'only that branch' },
    'recurse-submodules': { type: 'boolean', summary: 'clone submodules too, at every depth' },
    'no-lfs': { type: 'boolean', summary: 'leave files of Git LFS as pointers' },
  },
  async run(invocation, [target = '', dest], flags) {
    const { branch, depth, 'single-branch': singleBranch, 'no-lfs': noLfs } = flags
    const submodules = flags['recurse-submodules']
    const { owner, repo } = await repositoryTarget(invocation, target)
    const destination = resolve(invocation.cwd, dest ?? repo)
    const sync = await invocation.repoSync()
    return sync.cloneRepo(
      { owner, repo, destination, branch, depth, singleBranch, lfs: !noLfs, submodules },
      invocation.call,
    )
  },
  render: entryPage,
  partialFailure: entryFailure,
})
