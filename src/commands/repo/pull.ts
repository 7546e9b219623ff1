import { join, resolve } from 'node:path'
import { NotFoundError, UsageError, WizardError } from '../../base/errors.js'
import { existsAt } from '../../base/fs/read.js'
import type { Invocation } from '../../invocation.js'
import type { SyncEntry } from '../../repos/report.js'
import type { SyncTarget } from '../../repos/targets/sync-target.js'
import { defineVerb } from '../verb.js'
import { cloneAround, isFolder, looksLikePath } from './folders.js'
import { entryFailure, entryPage } from './shared.js'

export const pull = defineVerb({
  name: 'pull',
  summary: 'pull one repository, by its name or folder',
  examples: [
    { command: 'wizard REPO PULL typo', does: 'one from repos.yaml' },
    { command: 'wizard REPO PULL ./typo', does: 'the clone in a folder' },
    { command: 'wizard REPO PULL .', does: 'the clone that you are in' },
  ],
  args: [
    {
      name: 'target',
      summary: 'one repository of repos.yaml, or the folder of a clone; default: .',
      optional: true,
    },
  ],
  flags: {
    'recurse-submodules': { type: 'boolean', summary: 'pull submodules too, at every depth' },
  },
  async run(invocation, [named], flags) {
    const target = named ?? (await here(invocation))
    const submodules = flags['recurse-submodules']
    const sync = await invocation.repoSync()
    const found = looksLikePath(target) ? null : await findNamed(invocation, target)
    if (found === null)
      return sync.pullRepo(
        await cloneAround(invocation, resolve(invocation.cwd, target)),
        invocation.call,
        { submodules },
      )
    const [one, ...others] = found.chosen
    if (!one && found.failures[0]) return found.failures[0]
    if (!one || others.length > 0) {
      throw new UsageError(`${target} names ${found.chosen.length} repositories`, {
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

/** @throws UsageError outside a clone: there it would not be clear what is meant */
async function here(invocation: Invocation): Promise<string> {
  const { cwd } = invocation
  if ((await cloneAround(invocation, cwd)) !== cwd || (await existsAt(join(cwd, '.git'))))
    return '.'
  throw new UsageError('REPO PULL needs TARGET outside a clone', {
    hint: 'wizard REPO PULL-ALL pulls all of repos.yaml',
  })
}

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

function theOneAt(entries: SyncEntry[], { path }: SyncTarget): SyncEntry {
  const entry = entries.find((one) => one.path === path)
  if (!entry) throw new WizardError(`${path} was not pulled`)
  return entry
}
