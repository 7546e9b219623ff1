import { readBranch, resolve } from './bare.js'
import { type CommitRequest, type FileContent, type Files, normalized } from './commit-request.js'
import { git, gitText } from './run.js'
import { makeSmallCommit } from './small-commit.js'

/** Makes a commit in a bare repository and moves the branch to it from wherever it was. */
export async function makeCommit(bare: string, request: CommitRequest): Promise<string> {
  const tip = (await readBranch(bare, `refs/heads/${request.branch}`))?.oid ?? null
  const parent = await parentOf(bare, tip, request)
  return (await makeSmallCommit(bare, request, parent)) ?? fastImport(bare, request, parent)
}

/** One process is enough, even for 20,000 files. */
export async function fastImport(
  bare: string,
  request: CommitRequest,
  parent: string | null,
): Promise<string> {
  const branch = `refs/heads/${request.branch}`
  const { author } = request
  const stream = Buffer.concat([
    text(`commit ${branch}\nmark :1\n`),
    text(author ? `author ${author.name} <${author.email}> ${request.date} +0000\n` : ''),
    text(`committer Mona Lisa <mona@example.com> ${request.date} +0000\n`),
    data(request.message),
    text(parent === null ? '' : `from ${parent}\n`),
    ...(request.merge ?? []).map((oid) => text(`merge ${oid}\n`)),
    ...changes(request.files),
    text('\nget-mark :1\ndone\n'),
  ])
  const start = parent === null ? text(`reset ${branch}\n\n`) : text('')
  const args = ['fast-import', '--quiet', '--force', '--done', '--date-format=raw']
  return gitText(args, { dir: bare, input: Buffer.concat([start, stream]) })
}

async function parentOf(bare: string, tip: string | null, { parent, force }: CommitRequest) {
  if (parent !== undefined) return parent
  return force && tip !== null ? resolve(bare, `${tip}^`) : tip
}

/** Deletions first, so that a file can replace a folder and the other way round. */
function changes(files: Files): Buffer[] {
  const entries = Object.entries(files)
  const deleted = entries.filter(([, file]) => file === null)
  return [
    ...deleted.map(([path]) => text(`D ${quoted(path)}\n`)),
    ...entries.flatMap(([path, file]) => (file === null ? [] : [modification(path, file)])),
  ]
}

function modification(path: string, file: FileContent): Buffer {
  if (typeof file === 'object' && 'gitlink' in file) {
    return text(`M 160000 ${file.gitlink} ${quoted(path)}\n`)
  }
  const { mode, content } = normalized(file)
  return Buffer.concat([text(`M ${mode} inline ${quoted(path)}\n`), data(content)])
}

const text = (line: string) => Buffer.from(line)

function data(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([text(`data ${bytes.length}\n`), bytes, text('\n')])
}

/** C-style, as git-fast-import expects paths with a quote, a backslash or a newline. */
function quoted(path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `"${escaped}"`
}

/** Makes a commit of an existing tree. */
export async function commitTree(
  bare: string,
  {
    tree,
    parents,
    message,
    date,
  }: { tree: string; parents: string[]; message: string; date: number },
): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((oid) => ['-p', oid]), '-m', message]
  return gitText(args, { dir: bare, env: dated(date) })
}

export interface TagRequest {
  name: string
  target: string
  /** Of an annotated tag; a lightweight one has none. */
  message?: string
  date: number
}

export async function makeTag(bare: string, { name, target, message, date }: TagRequest) {
  const annotation = message === undefined ? [] : ['--annotate', '--message', message]
  await git(['tag', '--force', ...annotation, '--', name, target], { dir: bare, env: dated(date) })
}

function dated(date: number): Record<string, string> {
  return { GIT_AUTHOR_DATE: `${date} +0000`, GIT_COMMITTER_DATE: `${date} +0000` }
}
