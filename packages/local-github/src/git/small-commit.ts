import { join } from 'node:path'
import { type CommitRequest, type FileContent, type Files, normalized } from './commit-request.js'
import { type LooseEntry, parseTree, readLoose, replaceFile, writeLoose } from './loose.js'

/** `git fast-import` is quicker for more files. */
const mostFiles = 100

/** Names that git refuses or writes differently are left to git. */
const unusual = /(?:^|\/)(?:\.{0,2}|\.git|[^/]*~\d[^/]*)(?:\/|$)|[\\:"\0]/i

/**
 * Makes a commit of a few files without a process, because tests make thousands. The objects are
 * the same as git's.
 *
 * @returns null if git must make it: many files, unusual names, or trees in a pack
 */
export async function makeSmallCommit(
  bare: string,
  request: CommitRequest,
  parent: string | null,
): Promise<string | null> {
  const { files, merge = [], author, date, message, branch } = request
  const paths = Object.keys(files)
  if (paths.length > mostFiles || paths.some((path) => unusual.test(path))) return null
  const before =
    parent === null ? null : (await readLoose(bare, parent))?.content.toString('latin1', 5, 45)
  if (before === undefined) return null
  const tree = await changeTree(bare, before, files)
  if (tree === undefined) return null
  const committer = `Mona Lisa <mona@example.com> ${date} +0000`
  const lines = [
    `tree ${tree ?? (await writeLoose(bare, 'tree', ''))}`,
    ...[...(parent === null ? [] : [parent]), ...merge].map((oid) => `parent ${oid}`),
    `author ${author ? `${author.name} <${author.email}> ${date} +0000` : committer}`,
    `committer ${committer}`,
  ]
  const oid = await writeLoose(bare, 'commit', `${lines.join('\n')}\n\n${message}`)
  await replaceFile(join(bare, 'refs/heads', branch), `${oid}\n`)
  return oid
}

/** @returns the id of the changed tree; null: it is empty; undefined: it is in a pack */
async function changeTree(
  bare: string,
  oid: string | null,
  files: Files,
): Promise<string | null | undefined> {
  const content = oid === null ? Buffer.alloc(0) : (await readLoose(bare, oid))?.content
  if (content === undefined) return undefined
  const entries = parseTree(content)
  const folders = new Map<string, Files>()
  const written = new Map<string, FileContent>()
  // Deletions first, so that a file can replace a folder and the other way round.
  for (const [path, file] of Object.entries(files).sort(([, one]) => (one === null ? -1 : 1))) {
    const [name = '', ...rest] = path.split('/')
    if (rest.length > 0) folders.set(name, { ...folders.get(name), [rest.join('/')]: file })
    else if (file === null) entries.delete(name)
    else written.set(name, file)
  }
  for (const [name, file] of written) entries.set(name, await writeFile(bare, file))
  for (const [name, below] of folders) {
    const entry = entries.get(name)
    const tree = await changeTree(bare, entry?.mode === '40000' ? entry.oid : null, below)
    if (tree === undefined) return undefined
    if (tree !== null) entries.set(name, { mode: '40000', oid: tree })
    else if (entry?.mode === '40000') entries.delete(name)
  }
  return entries.size === 0 ? null : writeLoose(bare, 'tree', formatEntries(entries))
}

async function writeFile(bare: string, file: FileContent): Promise<LooseEntry> {
  if (typeof file === 'object' && 'gitlink' in file) return { mode: '160000', oid: file.gitlink }
  const { mode, content } = normalized(file)
  return { mode, oid: await writeLoose(bare, 'blob', content) }
}

/** In git's order: by the bytes of the names, with a slash at the end of a folder's. */
function formatEntries(entries: Map<string, LooseEntry>): Buffer {
  const sorted = [...entries]
    .map(([name, entry]) => ({
      ...entry,
      name,
      key: Buffer.from(entry.mode === '40000' ? `${name}/` : name),
    }))
    .sort((one, other) => Buffer.compare(one.key, other.key))
  return Buffer.concat(
    sorted.flatMap(({ mode, name, oid }) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(oid, 'hex'),
    ]),
  )
}
