import { relative, resolve, sep } from 'node:path'
import { PathError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { repositoryTarget } from '../targets.js'
import { defineVerb } from '../verb.js'

export const add = defineVerb({
  name: 'add',
  summary: 'add a repository to repos.yaml; SYNC then clones it',
  examples: [
    { command: 'wizard REPO ADD uDOS/micro', does: 'below ROOT/library' },
    {
      command: 'wizard REPO ADD uDOS/micro library/tools/micro --group tools',
      does: 'to a folder and group',
    },
  ],
  args: [
    { name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' },
    {
      name: 'dest',
      summary: 'the folder, inside ROOT; default: ROOT/library/GROUP/REPO',
      optional: true,
    },
  ],
  flags: {
    group: { type: 'text', value: 'G', summary: 'the group, made when it is new (default)' },
    branch: { type: 'text', value: 'REF', summary: 'a branch, or a tag or commit id as a pin' },
  },
  async run(invocation, [target = '', dest], { group = 'default', branch }) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    const { addRepository } = await import('../../config/files/edit.js')
    const config = await invocation.config()
    const destination = dest === undefined ? undefined : await insideRoot(invocation, dest)
    return addRepository(config, { group, owner, repo, destination, branch })
  },
  render: ({ repo, group, file }, invocation) =>
    invocation.globals.quiet
      ? { kind: 'nothing' }
      : { kind: 'lines', lines: [`${repo} was added to ${group} in ${file}`] },
})

/** Converts a folder from the command line to a path in repos.yaml, which starts at ROOT. */
async function insideRoot(invocation: Invocation, dest: string): Promise<string> {
  const { root } = await invocation.config()
  const path = relative(root, resolve(invocation.cwd, dest))
  if (path === '' || path === '..' || path.startsWith(`..${sep}`)) {
    throw new PathError(`${dest} is not inside ${root}`, {
      hint: 'a destination is inside ROOT; see --root',
    })
  }
  return `/${path.split(sep).join('/')}`
}
