import { WizardError } from '../base/errors.js'
import { readConfig } from './load.js'
import { type ConfigRequest, configFileNames, findFolder } from './locate/folder.js'
import { openFolder } from './locate/folder-source.js'

/** Everything that is wrong in any of the files, each error alone. @throws what is no error of ours */
export async function findProblems(request: ConfigRequest): Promise<WizardError[]> {
  const problems: WizardError[] = []
  const read = await collect(problems, () => readConfig(request))
  if (read) {
    const { repos, components, webhooks, plugins } = read.config
    for (const one of [read.assertHosts, repos, components, webhooks, plugins]) {
      await collect<unknown>(problems, one)
    }
    return problems
  }
  // Without github.yaml's values the others can still be held against their schemas.
  const source = await collect(problems, () => openFolder(findFolder(request), request))
  for (const name of configFileNames) {
    if (source && name !== 'github') await collect<unknown>(problems, () => source.read(name))
  }
  return problems
}

/** Adds what is wrong to the problems, each thing once. @throws what is no error of ours */
export async function collect<T>(
  problems: WizardError[],
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof WizardError)) throw error
    const told = new Set(problems.map(({ message }) => message))
    for (const one of [error, ...error.details]) {
      if (!told.has(one.message)) problems.push(one)
      told.add(one.message)
    }
    return undefined
  }
}
