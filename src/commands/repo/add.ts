import { relative, resolve, sep } from 'node:path'
import { PathError } from '../../base/errors.js'
import type { Context } from '../../context.js'
import { repositoryTarget } from '../targets.js'
import { defineVerb } from '../verb.js'

export const add = defineVerb({
  name: 'add',
  summary: 'name a repository in repos.yaml; SYNC then clones it',
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
  async run(context, [target = '', dest], { group = 'default', branch }) {
    const { owner, repo } = await repositoryTarget(context, target)
    const { addRepository } = await import('../../config/files/edit.js')
    const config = await context.config()
    const destination = dest === undefined ? undefined : await insideRoot(context, dest)
    return addRepository(config, { group, owner, repo, destination, branch })
  },
  render: ({ repo, group, file }, context) =>
    context.globals.quiet
      ? { kind: 'nothing' }
      : { kind: 'lines', lines: [`${repo} was added to ${group} in ${file}`] },
})

/** A folder typed on the command line, as repos.yaml writes it: from ROOT. */
async function insideRoot(context: Context, dest: string): Promise<string> {
  const { root } = await context.config()
  const path = relative(root, resolve(context.cwd, dest))
  if (path === '' || path === '..' || path.startsWith(`..${sep}`)) {
    throw new PathError(`${dest} is not inside ${root}`, {
      hint: 'destinations stand below ROOT; see --root',
    })
  }
  return `/${path.split(sep).join('/')}`
}
