import { basename, extname } from 'node:path'
import { isMap, isScalar } from 'yaml'
import type { z } from 'zod/mini'
import { type FileValues, loadSchema } from '../schema/load.js'
import { partOfKey, singleTop } from '../schema/single.js'
import { type ConfigDocument, readDocument } from '../yaml/document.js'
import type { Lookup } from '../yaml/interpolate.js'
import { parseJsonText } from '../yaml/json-file.js'
import type { ReadOptions } from '../yaml/tree.js'
import { parseYamlText, type YamlFile } from '../yaml/yaml-file.js'
import {
  type ConfigFileName,
  type ConfigFolder,
  type ConfigRequest,
  configFileNames,
  readVariables,
  type Variables,
  variableOf,
} from './folder.js'
import { readText } from './read-text.js'
import { showFile } from './show-file.js'

/** The files of a folder, or the parts of a single file, each validated by its schema. */
export interface FolderSource {
  /** null if there is no folder. */
  variables: Variables | null
  /** null if the file or part does not exist. @throws ConfigError */
  read<N extends ConfigFileName>(name: N): Promise<ConfigDocument<FileValues<N>> | null>
  /** @throws ConfigError */
  parse<N extends ConfigFileName>(
    name: N,
    path: string,
    text: string,
  ): Promise<ConfigDocument<FileValues<N>>>
  /** The existing files; of a single file, itself for each of its parts. @throws ConfigError */
  files(): ConfigFolder['files']
}

export async function openFolder(
  folder: ConfigFolder | null,
  { cwd, env }: Pick<ConfigRequest, 'cwd' | 'env'>,
): Promise<FolderSource> {
  const variables = folder && (await readVariables(folder.dir, env, cwd))
  const lookup: Lookup = variables?.lookup ?? ((name) => variableOf(env, name))
  if (folder !== null && folder.single !== null) {
    return { variables, ...openSingleFile(folder.single, { cwd, lookup }) }
  }
  const parse: FolderSource['parse'] = async (name, path, text) => {
    const file = parseYamlText(text, path, showFile(path, cwd))
    return readDocument(file, await loadSchema(name), { lookup, ...rulesFor(name) })
  }
  return {
    variables,
    parse,
    async read(name) {
      const path = folder?.files[name]
      return path === undefined ? null : parse(name, path, readText(path, showFile(path, cwd)))
    },
    files: () => folder?.files ?? {},
  }
}

function openSingleFile(
  path: string,
  { cwd, lookup }: { cwd: string; lookup: Lookup },
): Omit<FolderSource, 'variables'> {
  const shown = showFile(path, cwd)
  const options: ReadOptions = {
    lookup,
    isLiteral: (at) => rulesFor(partOfKey(at[0])).isLiteral(at),
    mayBeUnset: (at) => rulesFor(partOfKey(at[0])).mayBeUnset(at),
  }
  const documentOf = async <N extends ConfigFileName>(name: N, file: YamlFile) => {
    const schema = name === 'github' ? singleTop : await loadSchema(name)
    const isPart = (key: string | number) => partOfKey(key) === name
    return readDocument(file, schema as z.ZodMiniType<FileValues<N>>, options, isPart)
  }
  let known: YamlFile | undefined
  const open = () => {
    known ??= parseSingleFile(readText(path, shown), path, shown)
    return known
  }
  const has = (name: ConfigFileName) => name === 'github' || topKeysOf(open()).includes(name)
  return {
    parse: async (name, _, text) => documentOf(name, parseSingleFile(text, path, shown)),
    read: async (name) => (has(name) ? documentOf(name, open()) : null),
    files: () => Object.fromEntries(configFileNames.filter(has).map((name) => [name, path])),
  }
}

function parseSingleFile(text: string, path: string, shown: string): YamlFile {
  if (extname(path) !== '.json') return parseYamlText(text, path, shown)
  return parseJsonText(text, path, shown, basename(path) === 'package.json' ? 'wizard' : undefined)
}

const topKeysOf = ({ contents }: YamlFile): unknown[] =>
  isMap(contents) ? contents.items.map(({ key }) => (isScalar(key) ? key.value : undefined)) : []

type Rules = Pick<ReadOptions, 'isLiteral' | 'mayBeUnset'>

const never = () => false

const rulesFor = (name: ConfigFileName): Rules => ({
  isLiteral: never,
  mayBeUnset: never,
  ...rules[name],
})

const fallBack = new Set<unknown>(['token', 'owner', 'base_url', 'git_url', 'proxy'])

/** Where `${…}` is kept literally, and where it may be unset: see ReadOptions. */
const rules: Partial<Record<ConfigFileName, Partial<Rules>>> = {
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
