import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSameName, type Repo } from '../../base/names/repository.js'
import { destinationOf, fillIn, usualDestination } from '../files/destinations.js'
import { itemsOf, mappingOf, type Picture, type PlainValue } from './picture.js'

export interface KnownInput {
  name: string
  /** Of a choice or a boolean; empty for any other. */
  values: string[]
}

/** Of a workflow's file. */
const pictureOfWorkflow: Picture = {
  on: { workflow_dispatch: { inputs: { '*': { type: 'name', options: ['name'] } } } },
}

/** What is known of the configuration. */
interface Names {
  repositories(): Promise<Place[]>
  components(): Promise<{ name: string; repo: string; workflows: Record<string, string> }[]>
  root(): Promise<string>
}

/** `destination` is empty if the configuration does not say. */
type Place = Repo & { group: string; destination: string }

/** The workflow files in the clones that repos.yaml names, as the last pull left them. */
export interface KnownWorkflows {
  /** Their names. @param repository `repo` or `owner/repo`, in any case */
  filesOf(repository: string): Promise<(Repo & { files: string[] }) | null>
  /** @param target `component/workflow`, `repo/workflow` or `owner/repo/workflow` */
  inputsOf(target: string): Promise<KnownInput[]>
}

/** @param namesIn reads the names in a file, and never fails */
export function openWorkflows(
  names: Names,
  namesIn: (path: string, picture: Picture) => Promise<PlainValue>,
): KnownWorkflows {
  const find = async (repository: string) =>
    (await names.repositories()).find(
      ({ owner, repo }) =>
        isSameName(repo, repository) || isSameName(`${owner}/${repo}`, repository),
    )
  /** null for a destination that REPO SYNC would refuse. */
  const folderOf = async (one: Place): Promise<string | null> => {
    const root = await names.root()
    try {
      const clone = destinationOf(root, fillIn(one.destination || usualDestination, one))
      return join(clone, '.github', 'workflows')
    } catch {
      return null
    }
  }
  const fileOf = async (target: string): Promise<string | null> => {
    const [first = '', ...rest] = target.split('/')
    const component = (await names.components()).find(({ name }) => isSameName(name, first))
    const repository = component?.repo ?? [first, ...rest.slice(0, -1)].join('/')
    const last = rest.at(-1) ?? ''
    const own = Object.entries(component?.workflows ?? {}).find(([name]) => isSameName(name, last))
    const name = own?.[1] ?? last
    const one = await find(repository)
    const folder = one === undefined ? null : await folderOf(one)
    const isNamed = (file: string) => file === name || file.replace(/\.ya?ml$/, '') === name
    const found = workflowsIn(folder).find(isNamed)
    return folder === null || found === undefined ? null : join(folder, found)
  }
  return {
    async filesOf(repository) {
      const one = await find(repository)
      if (one === undefined) return null
      const { owner, repo } = one
      return { owner, repo, files: workflowsIn(await folderOf(one)) }
    },
    async inputsOf(target) {
      const path = await fileOf(target)
      const { on } = mappingOf(path === null ? '' : await namesIn(path, pictureOfWorkflow))
      const { inputs } = mappingOf(mappingOf(on).workflow_dispatch)
      return Object.entries(mappingOf(inputs)).map(([name, input]) => {
        const { type, options } = mappingOf(input)
        const values = type === 'boolean' ? ['true', 'false'] : itemsOf(options).map(String)
        return { name, values: values.filter((value) => value !== '') }
      })
    },
  }
}

/** Files with a plain name; none where there is no clone. */
function workflowsIn(folder: string | null): string[] {
  if (folder === null) return []
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[\w.-]+\.ya?ml$/.test(entry.name))
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}
