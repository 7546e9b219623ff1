import { stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { GitHubNotFoundError, UsageError, WizardError } from '../../base/errors.js'
import type { Context } from '../../context.js'
import type { Wanted } from '../../repos/targets/sync-target.js'
import type { SyncEntry } from '../../repos/types.js'
import { defineVerb } from '../verb.js'
import { entryPage, entryShortfall } from './report-page.js'

export const pull = defineVerb({
  name: 'pull',
  summary: 'pull one repository, of repos.yaml or by its folder',
  examples: [
    { command: 'wizard REPO PULL typo', does: 'one that repos.yaml names' },
    { command: 'wizard REPO PULL ./typo', does: 'the clone in a folder' },
    { command: 'wizard REPO PULL .', does: 'the clone around the current folder' },
  ],
  args: [{ name: 'target', summary: 'one repository of repos.yaml, or the folder of a clone' }],
  flags: {},
  async run(context, [target = '']) {
    const sync = await context.repoSync()
    const named = looksLikePath(target) ? null : await findNamed(context, target)
    if (named === null)
      return sync.pullRepo(await cloneAround(context, resolve(context.cwd, target)))
    const [one, ...others] = named.chosen
    if (!one && named.failures[0]) return named.failures[0]
    if (!one || others.length > 0) {
      throw new UsageError(`${target} names ${named.chosen.length} repositories`, {
        hint: `wizard REPO PULL-ALL ${target}`,
      })
    }
    const { repositories } = await sync.pullAll({ targets: [one.path] })
    return theOneAt(repositories, one)
  },
  render: entryPage,
  shortfall: entryShortfall,
})

const looksLikePath = (target: string) => isAbsolute(target) || /^\.{1,2}(\/|$)/.test(target)

/** null where repos.yaml names no such one, but a folder is there. */
async function findNamed(context: Context, target: string) {
  const hasFolder = await isFolder(resolve(context.cwd, target))
  if (hasFolder && (await context.config()).files.repos === undefined) return null
  try {
    return await (await context.repoSync()).wanted([target])
  } catch (error) {
    if (error instanceof GitHubNotFoundError && hasFolder) return null
    throw error
  }
}

/** From a folder of a clone its top, as git does; what is in none is told as it stands. */
async function cloneAround(context: Context, path: string): Promise<string> {
  if (!(await isFolder(path))) return path
  const [{ workTreeAround }, { github }] = await Promise.all([
    import('../../git/repository/find-worktree.js'),
    context.config(),
  ])
  return (await workTreeAround(path, github.gitUrl))?.dir ?? path
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

function theOneAt(entries: SyncEntry[], { path }: Wanted): SyncEntry {
  const entry = entries.find((one) => one.path === path)
  if (!entry) throw new WizardError(`${path} was not pulled`)
  return entry
}
