import { readlink, realpath } from 'node:fs/promises'
import { join, parse, relative, resolve, sep } from 'node:path'
import { PathError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { bytesOf } from '../../git/plumbing/byte-path.js'
import { readIndex } from '../../git/plumbing/index/index-file.js'
import { fileMode } from '../../git/plumbing/objects/parse.js'
import { gitDirsOf } from '../../git/repository/open.js'

/** Where Nix and Guix keep what they have built, for everybody to read: `result` leads there. */
const stores = ['/nix/store', '/gnu/store']

/**
 * Keeps a file of this machine, such as a key, from being published because a commit contains a link
 * to it, or because a build has copied one. A link that leads out of the work tree is followed only
 * if git does not track it and somebody wrote its path, as of Bazel's `bazel-bin`; that is a warning.
 *
 * @param artifacts paths, each with the path that somebody wrote: without what a wildcard matched
 * @throws PathError for a link that is not followed
 */
export async function assertLinks(
  source: string,
  artifacts: ReadonlyMap<string, string>,
  warn: (message: string) => void,
): Promise<void> {
  const top = await realpath(source)
  for (const [path, written] of artifacts) {
    const target = await realpath(path).catch(() => null)
    if (target === null || isPublic(top, target)) continue
    const links = (await linksOn(path)).filter((link) => isIn(top, link))
    const [first] = links
    if (first === undefined) continue
    const leads = `${oneLine(path, 300)} points outside the work tree, to ${oneLine(target, 300)}`
    const tracked = trackedLink(top, links)
    if (tracked !== undefined) {
      throw new PathError(`${leads}, by the link ${oneLine(relative(top, tracked), 300)} in git`, {
        hint: 'a commit decides where a link points: to publish the file, have the build copy it',
      })
    }
    if (!isIn(first, resolve(top, relative(source, written)))) {
      throw new PathError(`${leads}, by a link that a wildcard of artifacts matches`, {
        hint: 'have the build copy the file (cp -L), or add the path of the link to artifacts',
      })
    }
    warn(`${leads}: publishing what is there`)
  }
}

/** Whether the work tree, without git's own folder, or a store has the file. */
const isPublic = (top: string, path: string) =>
  (isIn(top, path) && !isIn(join(top, '.git'), path)) || stores.some((store) => isIn(store, path))

const isIn = (folder: string, path: string) =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)

/** As many as Linux follows. */
const mostLinks = 40

/** The links that lead from a path to its file, in order, each by its own real path. */
async function linksOn(path: string): Promise<string[]> {
  const { root } = parse(path)
  const links: string[] = []
  let [current, rest] = [root, partsOf(path)]
  for (let part = rest.shift(); part !== undefined && links.length < mostLinks; ) {
    const next = resolve(current, part)
    const target = await readlink(next).catch(() => null)
    if (target === null) current = next
    else {
      links.push(next)
      if (target.startsWith(sep)) current = root
      rest = [...partsOf(target), ...rest]
    }
    part = rest.shift()
  }
  return links
}

const partsOf = (path: string) => path.slice(parse(path).root.length).split(sep).filter(Boolean)

/** The first of them that git tracks. */
function trackedLink(top: string, links: readonly string[]): string | undefined {
  const dirs = gitDirsOf(top)
  if (dirs === null) return undefined
  const entries = readIndex(dirs.gitDir).entries.filter(({ mode }) => mode === fileMode.symlink)
  const tracked = new Set(entries.map(({ path }) => path))
  return links.find((link) => tracked.has(bytesOf(relative(top, link).split(sep).join('/'))))
}
