import { join, relative, resolve, sep } from 'node:path'
import { GitHubNotFoundError, PathError, UsageError } from '../../base/errors.js'
import { isOid, isShortRefName } from '../../base/names/ref.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { Edited } from '../../config/files/edit.js'
import type { Invocation } from '../../invocation.js'
import { repositoryTarget } from '../targets.js'
import { defineVerb } from '../verb.js'
import {
  type Adoption,
  adopt,
  adoptionFailure,
  adoptionPage,
  checkAdoption,
  checkClone,
  meansClone,
} from './adopt.js'

type Added = ({ kind: 'entry' } & Edited) | ({ kind: 'adoption' } & Adoption)

export const add = defineVerb({
  name: 'add',
  summary: 'add a repository, or clones that you have, to repos.yaml',
  examples: [
    { command: 'wizard REPO ADD uDOS/micro', does: 'below ROOT/library; SYNC then clones it' },
    {
      command: 'wizard REPO ADD uDOS/micro library/tools/micro --group tools',
      does: 'to a folder and group',
    },
    { command: 'wizard REPO ADD ./src/typo', does: 'a clone that you have, where it is' },
    { command: 'wizard REPO ADD --scan src', does: 'all clones below a folder' },
  ],
  args: [
    {
      name: 'repo',
      summary: 'owner/repo, its address, a name, or the folder of a clone',
      optional: true,
    },
    {
      name: 'dest',
      summary: 'the folder, inside ROOT; default: ROOT/library/GROUP/REPO',
      optional: true,
    },
  ],
  flags: {
    group: { type: 'text', value: 'G', summary: 'the group, created if it is new (default)' },
    branch: { type: 'text', value: 'REF', summary: 'a branch, or a tag or commit id as a pin' },
    'no-check': { type: 'boolean', summary: 'do not ask GitHub whether it exists' },
    scan: { type: 'text', value: 'DIR', summary: 'add the clones below DIR, where they are' },
    depth: {
      type: 'integer',
      value: 'N',
      min: 1,
      max: 100,
      summary: 'with --scan: levels of folders below DIR (3)',
    },
  },
  async run(invocation, [target, dest], flags): Promise<Added> {
    const { group, branch, scan, depth, 'no-check': noCheck } = flags
    checkAdoption({ scan, target, dest, branch, depth })
    const folder = scan ?? target ?? ''
    const isScan = scan !== undefined
    if (isScan || (await meansClone(invocation, folder))) {
      checkClone(dest, branch)
      return { kind: 'adoption', ...(await adopt(invocation, { folder, isScan, group, depth })) }
    }
    const { addRepository } = await import('../../config/files/edit.js')
    const repository = await repositoryTarget(invocation, folder)
    const config = await invocation.config()
    if (branch !== undefined && !isShortRefName(branch) && !isOid(branch)) {
      throw new UsageError(`not a branch, tag or commit id: ${oneLine(branch, 100)}`)
    }
    const destination = dest === undefined ? undefined : await insideRoot(invocation, dest)
    if (!noCheck) await assertOnGitHub(invocation, repository)
    const added = { group: group ?? 'default', ...repository, destination, branch }
    return { kind: 'entry', ...(await addRepository(config, added)) }
  },
  json(added) {
    if (added.kind === 'adoption') return added.clones
    const { kind: _, ...edited } = added
    return edited
  },
  render(added, invocation) {
    if (added.kind === 'adoption') return adoptionPage(added, invocation)
    const { repo, group, file } = added
    return invocation.globals.quiet
      ? { kind: 'nothing' }
      : { kind: 'lines', lines: [`${repo} added to ${group} in ${file}`] }
  },
  partialFailure: (added) => (added.kind === 'adoption' ? adoptionFailure(added) : null),
})

/** @throws GitHubNotFoundError if there is no such repository, or the token may not see it */
async function assertOnGitHub(invocation: Invocation, { owner, repo }: Repo): Promise<void> {
  if (await (await invocation.github()).repoExists(owner, repo)) return
  throw new GitHubNotFoundError(`${owner}/${repo} was not found`, {
    hint: [
      'check the name; a private one needs a token that may read it; ',
      { flag: 'no-check' },
      ' adds it anyway',
    ],
  })
}

/** Converts a folder from the command line to a path in repos.yaml, which starts at ROOT. */
async function insideRoot(invocation: Invocation, dest: string): Promise<string> {
  const [{ root }, { assertInside }] = await Promise.all([
    invocation.config(),
    import('../../config/locate/root.js'),
  ])
  const path = relative(root, resolve(invocation.cwd, dest))
  if (path === '' || path === '..' || path.startsWith(`..${sep}`)) {
    throw new PathError(`${dest} is not inside ${root}`, {
      hint: 'choose a destination inside ROOT, or another --root',
    })
  }
  await assertInside(root, join(root, path))
  return `/${path.split(sep).join('/')}`
}
