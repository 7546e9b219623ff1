import { defineVerb } from '../verb.js'

export const remove = defineVerb({
  name: 'remove',
  summary: 'remove a repository from repos.yaml; its files stay',
  examples: [
    {
      command: 'wizard REPO REMOVE uDOS/micro',
      does: 'the clone stays; PRUNE moves it to the trash',
    },
  ],
  args: [{ name: 'target', summary: 'a repository that repos.yaml names by itself' }],
  flags: {},
  async run(invocation, [target = '']) {
    const { removeRepository } = await import('../../config/files/edit.js')
    return removeRepository(await invocation.config(), target)
  },
  render: ({ repo, group, file }, invocation) =>
    invocation.globals.quiet
      ? { kind: 'nothing' }
      : { kind: 'lines', lines: [`${repo} was taken out of ${group} in ${file}; its files stay`] },
})
