import { type FileValues, loadSchema } from '../schema/load.js'
import { type ConfigDocument, readDocument, showFile } from '../yaml/document.js'
import type { Lookup } from '../yaml/interpolate.js'
import type { Path } from '../yaml/place.js'
import { parseYamlText, readText } from '../yaml/yaml-file.js'
import {
  type ConfigFileName,
  type ConfigFolder,
  type ConfigRequest,
  readVariables,
  type Variables,
  variableOf,
} from './folder.js'

/** The files of a folder, each validated by its schema. */
export interface FolderSource {
  /** null if there is no folder. */
  variables: Variables | null
  /** null if the file does not exist. @throws ConfigError */
  read<N extends ConfigFileName>(name: N): Promise<ConfigDocument<FileValues<N>> | null>
  /** @throws ConfigError */
  parse<N extends ConfigFileName>(
    name: N,
    path: string,
    text: string,
  ): Promise<ConfigDocument<FileValues<N>>>
}

export async function openFolder(
  folder: ConfigFolder | null,
  { cwd, env }: Pick<ConfigRequest, 'cwd' | 'env'>,
): Promise<FolderSource> {
  const variables = folder && (await readVariables(folder.dir, env, cwd))
  const lookup: Lookup = variables?.lookup ?? ((name) => variableOf(env, name))
  const parse: FolderSource['parse'] = async (name, path, text) => {
    const { isLiteral = never, mayBeUnset = never } = rules[name] ?? {}
    const file = parseYamlText(text, path, showFile(path, cwd))
    return readDocument(file, await loadSchema(name), { lookup, isLiteral, mayBeUnset })
  }
  return {
    variables,
    parse,
    async read(name) {
      const path = folder?.files[name]
      return path === undefined ? null : parse(name, path, readText(path, showFile(path, cwd)))
    },
  }
}

interface Rules {
  isLiteral?(path: Path): boolean
  mayBeUnset?(path: Path): boolean
}

const never = () => false
const fallBack = new Set<unknown>(['token', 'owner', 'base_url', 'git_url', 'proxy'])

/** Where `${…}` is kept literally, and where it may be unset: see ReadOptions. */
const rules: Partial<Record<ConfigFileName, Rules>> = {
  github: {
    mayBeUnset: ([top, key, more]) => top === 'github' && fallBack.has(key) && more === undefined,
  },
  components: {
    isLiteral: ([, , section, key]) => section === 'release' && (key === 'build' || key === 'sign'),
  },
  webhooks: {
    isLiteral: ([, section, , , , key]) => section === 'handlers' && key === 'cmd',
    mayBeUnset: ([, key]) => key === 'secret',
  },
}
