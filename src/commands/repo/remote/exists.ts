import { repositoryTarget } from '../../targets.js'
import { defineVerb } from '../../verb.js'

export const exists = defineVerb({
  name: 'exists',
  summary: 'exit 0 if the repository exists and you may see it, otherwise 3',
  examples: [{ command: 'wizard REPO EXISTS uDOS/typo && echo yes', does: 'for scripts' }],
  args: [{ name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' }],
  flags: {},
  async run(invocation, [target = '']) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    const found = await (await invocation.github()).repoExists(owner, repo)
    return { repo: `${owner}/${repo}`, exists: found }
  },
  render: ({ repo, exists: found }, invocation) =>
    invocation.globals.quiet || !found
      ? { kind: 'nothing' }
      : { kind: 'lines', lines: [`${repo}\texists`] },
  partialFailure: ({ repo, exists: found }) =>
    found
      ? null
      : {
          code: 'GITHUB_NOT_FOUND',
          message: `${repo} was not found`,
          hint: 'check the name; a private one needs a token that may read it',
        },
})
