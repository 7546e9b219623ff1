import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { NotFoundError, UsageError, WizardError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { SyncEntry } from '../../repos/report.js'
import type { SyncTarget } from '../../repos/targets/sync-target.js'
import { defineVerb } from '../verb.js'
import { entryFailure, entryPage, looksLikePath } from './shared.js'

export const pull = defineVerb({
  name: 'pull',
  summary: 'pull one repository, by its name or folder',
  examples: [
    { command: 'wizard REPO PULL typo', does: 'one from repos.yaml' },
    { command: 'wizard REPO PULL ./typo', does: 'the clone in a folder' },
    { command: 'wizard REPO PULL .', does: 'the clone that you are in' },
  ],
  args: [{ name: 'target', summary: 'one repository of repos.yaml, or the folder of a clone' }],
  flags: {
    'recurse-submodules': { type: 'boolean', summary: 'pull submodules too, at every depth' },
  },
  async run(invocation, [target = ''], flags) {
    const submodules = flags['recurse-submodules']
    const sync = await invocation.repoSync()
    const named = looksLikePath(target) ? null : await findNamed(invocation, target)
    if (named === null)
      return sync.pullRepo(
        await cloneAround(invocation, resolve(invocation.cwd, target)),
        invocation.call,
        { submodules },
      )
    const [one, ...others] = named.chosen
    if (!one && named.failures[0]) return named.failures[0]
    if (!one || others.length > 0) {
      throw new UsageError(`${target} names ${named.chosen.length} repositories`, {
        hint: `wizard REPO PULL-ALL ${target}`,
      })
    }
    const { repositories } = await sync.pullAll(
      { targets: [one.path], submodules },
      invocation.call,
    )
    return theOneAt(repositories, one)
  },
  render: entryPage,
  partialFailure: entryFailure,
})

/** null if repos.yaml does not name it, but a folder exists. */
async function findNamed(invocation: Invocation, target: string) {
  const hasFolder = await isFolder(resolve(invocation.cwd, target))
  if (hasFolder && (await invocation.config()).files.repos === undefined) return null
  try {
    return await (await invocation.repoSync()).wanted([target], invocation.call)
  } catch (error) {
    if (error instanceof NotFoundError && hasFolder) return null
    throw error
  }
}

/** The top of the clone around a folder, as in git; outside a clone the path itself. */
async function cloneAround(invocation: Invocation, path: string): Promise<string> {
  if (!(await isFolder(path))) return path
  const [{ workTreeAround }, { github }] = await Promise.all([
    import('../../git/repository/find-worktree.js'),
    invocation.config(),
  ])
  return (await workTreeAround(path, github.gitUrl))?.dir ?? path
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

function theOneAt(entries: SyncEntry[], { path }: SyncTarget): SyncEntry {
  const entry = entries.find((one) => one.path === path)
  if (!entry) throw new WizardError(`${path} was not pulled`)
  return entry
}
