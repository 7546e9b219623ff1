import { resolve } from './bare.js'
import { parseTree, readLoose } from './loose.js'
import { git, gitText } from './run.js'

export interface TreeEntry {
  mode: string
  type: 'blob' | 'tree' | 'commit'
  oid: string
  /** Bytes of a blob. */
  size: number | null
  /** From the top of the requested tree. */
  path: string
}

/** The entries of a tree. If recursive, also the trees below and their entries. */
export async function listTree(bare: string, treeish: string, recursive = false) {
  const loose = /^[0-9a-f]{40}$/.test(treeish) ? await listLoose(bare, treeish, recursive) : null
  if (loose !== null) return loose
  const args = ['ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), treeish]
  return parseListing(await git(args, { dir: bare }))
}

/** The same without a process; null if an object is in a pack. */
async function listLoose(
  bare: string,
  oid: string,
  recursive: boolean,
  folder = '',
): Promise<TreeEntry[] | null> {
  const object = await readLoose(bare, oid)
  if (object?.type === 'commit')
    return listLoose(bare, object.content.toString('latin1', 5, 45), recursive)
  if (object?.type !== 'tree') return null
  const entries: TreeEntry[] = []
  for (const [name, { mode, oid }] of parseTree(object.content)) {
    const path = folder + name
    const type = mode === '40000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
    const blob = type === 'blob' ? await readLoose(bare, oid) : undefined
    const below = type === 'tree' && recursive ? await listLoose(bare, oid, true, `${path}/`) : []
    if (blob === null || below === null) return null
    entries.push({
      mode: mode.padStart(6, '0'),
      type,
      oid,
      size: blob?.content.length ?? null,
      path,
    })
    entries.push(...below)
  }
  return entries
}

/** The entry at a path, or null. The top itself has no entry. */
export async function entryAt(
  bare: string,
  commit: string,
  path: string,
): Promise<TreeEntry | null> {
  const found = await entryLoose(bare, commit, path)
  if (found !== undefined) return found
  const args = ['ls-tree', '-z', '--long', commit, '--', path]
  const env = { GIT_LITERAL_PATHSPECS: '1' }
  const [entry] = parseListing(await git(args, { dir: bare, env }))
  return entry?.path === path ? entry : null
}

/** undefined if an object on the way is in a pack. */
async function entryLoose(
  bare: string,
  commit: string,
  path: string,
): Promise<TreeEntry | null | undefined> {
  let folder = commit
  const segments = path.split('/')
  for (const [depth, name] of segments.entries()) {
    const entries = await listLoose(bare, folder, false)
    if (entries === null) return undefined
    const entry = entries.find((one) => one.path === name)
    if (entry === undefined) return null
    if (depth === segments.length - 1) return { ...entry, path }
    if (entry.type !== 'tree') return null
    folder = entry.oid
  }
  return null
}

function parseListing(output: Buffer): TreeEntry[] {
  const lines = output.toString().split('\0').filter(Boolean)
  return lines.map((line) => {
    const [head = '', path = ''] = line.split(/\t(.*)/s)
    const [mode = '', type = '', oid = '', size = ''] = head.split(/ +/)
    const bytes = size === '-' ? null : Number(size)
    return { mode, type: type as TreeEntry['type'], oid, size: bytes, path }
  })
}

export const readBlob = async (bare: string, oid: string): Promise<Buffer> =>
  (await readLoose(bare, oid))?.content ?? git(['cat-file', 'blob', oid], { dir: bare })

/** The commit that a branch, a tag or an id names; null if there is none. */
export const resolveCommit = (bare: string, revision: string): Promise<string | null> =>
  resolve(bare, `${revision}^{commit}`)

export interface Signature {
  name: string
  email: string
  date: string
}

export interface CommitInfo {
  oid: string
  tree: string
  parents: string[]
  author: Signature
  committer: Signature
  message: string
}

const fields = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B']

export interface LogRequest {
  /** As for git-log: a commit, or a range. */
  revision: string
  path?: string | undefined
  limit?: number
}

/** Commits, newest first. */
export async function log(
  bare: string,
  { revision, path, limit }: LogRequest,
): Promise<CommitInfo[]> {
  const format = `--format=${fields.join('%x00')}%x00%x01`
  const most = limit === undefined ? [] : [`--max-count=${limit}`]
  const args = ['log', format, ...most, revision, '--', ...(path ? [path] : [])]
  const output = await gitText(args, { dir: bare, env: { GIT_LITERAL_PATHSPECS: '1' } })
  return output
    .split('\0\x01')
    .map((record) => record.trimStart())
    .filter(Boolean)
    .map(parseCommit)
}

function parseCommit(record: string): CommitInfo {
  const [oid = '', tree = '', parents = '', ...rest] = record.split('\0')
  const [an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] = rest
  return {
    oid,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  }
}

const utc = (date: string) => new Date(date).toISOString().replace(/\.\d+Z$/, 'Z')

export interface Change {
  status: 'added' | 'removed' | 'modified' | 'changed'
  path: string
  oid: string
  additions: number
  deletions: number
}

const statuses: Record<string, Change['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  T: 'changed',
}

/** The changes of a commit against its first parent. */
export async function changesOf(bare: string, commit: string): Promise<Change[]> {
  const args = ['-z', '--root', '-r', '--no-commit-id', '--no-renames', '-m', '--first-parent']
  const run = { dir: bare }
  const raw = (await gitText(['diff-tree', '--raw', '--no-abbrev', ...args, commit], run)).split(
    '\0',
  )
  const lines = (await gitText(['diff-tree', '--numstat', ...args, commit], run)).split('\0')
  const counts = new Map(
    lines.map((line) => line.split('\t')).map(([a, d, path]) => [path, { a, d }]),
  )
  return raw.flatMap((head, index) => {
    const path = raw[index + 1]
    if (!head.startsWith(':') || path === undefined) return []
    const [, , , oid = '', letter = ''] = head.split(' ')
    const { a, d } = counts.get(path) ?? {}
    return {
      status: statuses[letter] ?? 'modified',
      path,
      oid,
      additions: Number(a) || 0,
      deletions: Number(d) || 0,
    }
  })
}
