import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { PathError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import type { Source } from '../yaml/place.js'

/**
 * The default ROOT: the folder that contains `config/` or `wizard/config/`. A folder with another
 * name (`--config /etc/udos`) is ROOT itself, so that nothing is written beside it; so is the folder
 * of a single file.
 */
export function rootOf({ dir, single }: { dir: string; single: string | null }): string {
  if (single !== null || basename(dir) !== 'config') return dir
  const above = dirname(dir)
  return basename(above) === 'wizard' ? dirname(above) : above
}

/**
 * Checks a ROOT that somebody typed: a slip of the pen must not become a folder full of clones.
 *
 * @throws PathError if it does not exist
 */
export async function assertTypedRoot({
  root,
  sources,
}: {
  root: string
  sources: Record<string, Source>
}): Promise<void> {
  const source = sources.root
  if (source?.from !== 'flag' && source?.from !== 'variable') return
  if ((await lstat(root).catch(absent)) !== undefined) return
  throw new PathError(`${root}, from ${source.name}, does not exist`, {
    hint: `if it is correct: mkdir -p ${root}`,
  })
}

/**
 * Resolves a path from YAML inside ROOT, as DESTDIR does, so that `/library/x` and `library/x` are
 * the same. Checks only the text; assertInside checks the disk.
 *
 * @throws PathError if `..` leads out of ROOT
 */
export function resolveInside(root: string, path: string): string {
  if (controls.test(path)) throw new PathError('the path contains a control character')
  const inside = resolve(root, `.${sep}${path}`)
  if (!contains(root, inside)) {
    throw new PathError(`${path} is outside ${root}`, {
      hint: 'remove the "..", or choose another root',
    })
  }
  return inside
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it refuses these characters
const controls = /[\u0000-\u001f\u007f]/

/** Whether a path is the folder itself or below it; both are absolute and normalized. */
export function contains(folder: string, path: string): boolean {
  const from = relative(folder, path)
  return from === '' || (from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from))
}

/** Resolves the symbolic links in the existing part of a path. @throws PathError */
export async function realForm(path: string): Promise<string> {
  const real = await realpath(path).catch(absent)
  if (real !== undefined || dirname(path) === path) return real ?? path
  return join(await realForm(dirname(path)), basename(path))
}

/**
 * Checks a path inside ROOT on the disk, right before a write: symbolic links may lead to another
 * place inside ROOT, but nowhere else. Missing parts are fine.
 *
 * @throws PathError if a link leads out, or to nothing, or a file is in the way
 */
export async function assertInside(root: string, path: string): Promise<void> {
  if (!contains(root, path)) throw new PathError(`${path} is not in ${root}`)
  const realRoot = await realpath(root).catch(absent)
  if (realRoot === undefined) return
  const steps = relative(root, path).split(sep).filter(Boolean)
  let at = root
  for (const [index, step] of steps.entries()) {
    at = join(at, step)
    const stat = await lstat(at).catch(absent)
    if (stat === undefined) return
    if (stat.isSymbolicLink()) await assertLink(realRoot, at)
    else if (!stat.isDirectory() && index < steps.length - 1) {
      throw new PathError(`${at} is a file, but part of the path ${path}`, { hint: 'move it away' })
    }
  }
}

async function assertLink(realRoot: string, link: string): Promise<void> {
  const target = await realpath(link).catch(absent)
  if (target !== undefined && contains(realRoot, target)) return
  const where = target === undefined ? 'to nothing' : `out of ${realRoot}, to ${target}`
  throw new PathError(`${link} is a symbolic link that points ${where}`, {
    hint: 'remove the link, or choose another destination',
  })
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  if (error.code === 'ENOTDIR') {
    throw new PathError(`${error.path ?? 'the path'}: a part of it is a file, not a folder`, {
      hint: 'move the file away, or choose another destination or root',
      cause: error,
    })
  }
  throw new PathError(`${error.path ?? 'the path'} can't be read: ${reasonOf(error)}`, {
    cause: error,
  })
}
