import { ConfigError, PathError } from '../../base/errors.js'
import { type BytePath, bytesOf, parentsOf } from '../plumbing/byte-path.js'
import { type GitConfig, parseConfig } from '../plumbing/config/config-file.js'
import type { Oid } from '../plumbing/objects/object.js'
import { canonicalMode, fileMode, readTree } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import { type TreeChange, treeDiff } from '../plumbing/objects/tree-diff.js'
import { assertSafeNames, hasControl, type NamedSubmodule } from './names.js'
import { refusedSubmodule } from './refusal.js'

/** A submodule as a commit records it. */
export interface SubmoduleEntry extends NamedSubmodule {
  /** Its commit. */
  oid: Oid
  /** As in `.gitmodules`: it may be relative. */
  address: string
  /** Whether only its commit is fetched, without history. */
  isShallow: boolean
  /** `none`: its folder stays empty. null: not said. */
  update: 'checkout' | 'merge' | 'rebase' | 'none' | null
}

export interface SubmoduleList {
  submodules: SubmoduleEntry[]
  /** Submodules without a name or an address: git can't fill them in either. */
  unmapped: BytePath[]
}

/**
 * The submodules of a tree, by their paths and the names and addresses that its `.gitmodules` has
 * for them. An entry for any other path is ignored.
 *
 * @see https://git-scm.com/docs/gitmodules
 * @throws PathError if `.gitmodules` can't be read, or git would refuse what it says
 */
export async function readSubmodules(store: ObjectStore, tree: Oid): Promise<SubmoduleList> {
  const leaves = await treeDiff(store, null, tree)
  const links = leaves.filter(({ to }) => to?.mode === fileMode.gitlink)
  if (links.length === 0) return { submodules: [], unmapped: [] }
  const config = await readGitmodules(store, tree)
  const names = namesByPath(config)
  const list: SubmoduleList = { submodules: [], unmapped: [] }
  for (const { path, to } of links) {
    const name = names.get(path)
    const address = name === undefined ? undefined : config.get(`submodule.${name}.url`)
    if (name === undefined || address === undefined || to === null) list.unmapped.push(path)
    else
      list.submodules.push({ name, path, oid: to.oid, address, ...optionsOf(config, name, path) })
  }
  assertSafeNames(list.submodules)
  assertSafePaths(list.submodules, leaves)
  return list
}

/** Bytes. A longer file is nobody's list of submodules. */
const mostBytes = 4 << 20

/** Without a value git does not read any of `.gitmodules`. */
const needsValue = /^submodule\..*\.(?:path|url|update|ignore|branch)$/s

async function readGitmodules(store: ObjectStore, tree: Oid): Promise<GitConfig> {
  const entry = (await readTree(store, tree)).find(({ name }) => name === '.gitmodules')
  const mode = entry && canonicalMode(entry.mode)
  if (entry === undefined || (mode !== fileMode.regular && mode !== fileMode.executable))
    return parseConfig('.gitmodules', '')
  const blob = await store.open(entry.oid)
  if (!('data' in blob) || blob.data.length > mostBytes) {
    throw new PathError('.gitmodules is larger than 4 MB')
  }
  try {
    return parseConfig('.gitmodules', blob.data.toString('utf8'), needsValue)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [, line = '?'] = /:(\d+):/.exec(error.message) ?? []
    throw new PathError(`can't read .gitmodules: see its line ${line}`, {
      hint: 'nothing was changed; without submodules: true their folders stay empty',
      cause: error,
    })
  }
}

/** As in git, the last name for a path wins. */
function namesByPath(config: GitConfig): Map<BytePath, string> {
  const names = new Map<BytePath, string>()
  for (const key of config.keys('submodule.')) {
    if (!key.endsWith('.path')) continue
    const path = (config.get(key) ?? '').replace(/\/+$/, '')
    names.set(bytesOf(path), key.slice('submodule.'.length, -'.path'.length))
  }
  return names
}

const updates = ['checkout', 'merge', 'rebase', 'none'] as const

/** @throws PathError for a command (CVE-2019-19604) */
function optionsOf(
  config: GitConfig,
  name: string,
  path: BytePath,
): Pick<SubmoduleEntry, 'isShallow' | 'update'> {
  const wanted = config.get(`submodule.${name}.update`)
  const update = wanted === undefined ? null : updates.find((one) => one === wanted)
  if (update === undefined) throw refusedSubmodule(path, 'its `update` is not one of git’s values')
  return { isShallow: config.boolean(`submodule.${name}.shallow`, false), update }
}

/**
 * @throws PathError for a path that git could read as an option (CVE-2018-17456), that an older git
 *   writes without its last character (CVE-2025-48384), or that leads through a symlink where case
 *   does not count (CVE-2024-32002)
 */
function assertSafePaths(submodules: SubmoduleEntry[], leaves: TreeChange[]): void {
  const links = new Set(
    leaves.filter(({ to }) => to?.mode === fileMode.symlink).map(({ path }) => folded(path)),
  )
  for (const { path } of submodules) {
    if (path.startsWith('-')) throw refusedSubmodule(path, 'its path begins with a dash')
    if (hasControl(path)) throw refusedSubmodule(path, 'its path contains a control character')
    if (Buffer.from(path, 'latin1').toString('utf8').includes('\ufffd'))
      throw refusedSubmodule(path, 'its path is not UTF-8')
    if ([...parentsOf(path), path].some((above) => links.has(folded(above))))
      throw refusedSubmodule(path, 'some file systems treat its path as that of a symlink')
  }
}

const folded = (path: BytePath) =>
  Buffer.from(path, 'latin1').toString('utf8').normalize('NFC').toLowerCase()
