import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { PathError } from '../../base/errors.js'
import { isFullName, type Repo } from '../../base/names/repository.js'
import { contains, realForm, resolveInside } from '../locate/root.js'

/** The destination of a repository that names none. */
export const usualDestination = '/library/{group}/{repo}'

/** The placeholders of a destination. */
export const placeholders = ['owner', 'repo', 'group'] as const

/**
 * The absolute destination of one repository of a source. A server's answer may contain the name.
 *
 * @throws PathError if the name is not valid on GitHub, or the path leads out of ROOT
 */
export function expandDestination(
  root: string,
  entry: { destination: string; group: string },
  name: Repo,
): string {
  if (!isFullName(name)) {
    throw new PathError(`not a repository name: ${JSON.stringify(`${name.owner}/${name.repo}`)}`)
  }
  return destinationOf(root, fillIn(entry.destination, { ...name, group: entry.group }))
}

export function fillIn(template: string, values: Repo & { group: string }): string {
  return template.replace(/\{(owner|repo|group)\}/g, (_, key: keyof typeof values) => values[key])
}

/** @throws PathError if it leads out of ROOT, is ROOT, or is reserved for git or wizard */
export function destinationOf(root: string, path: string): string {
  const destination = resolveInside(root, path)
  const steps = relative(root, destination).split(sep)
  if (destination === root) throw new PathError(`${path} is ROOT itself; expected a folder in it`)
  const reserved =
    steps.find((step) => /^\.git$/i.test(step)) ?? (steps[0] === '.wizard' && steps[0])
  if (reserved) throw new PathError(`${path} leads into a ${reserved} folder`)
  return destination
}

export interface Overlap<T> {
  /** The later item. */
  item: T
  other: T
  /** The item's folder equals the other's, or lies inside or around it. */
  how: 'same' | 'inside' | 'around'
}

/**
 * Finds items whose destinations are the same folder or nested. Follows symbolic links, and ignores
 * case if the file system does.
 */
export async function findOverlaps<T>(
  items: readonly T[],
  destination: (item: T) => string,
  root: string,
): Promise<Overlap<T>[]> {
  const foldsCase = await isCaseInsensitive(root)
  const real = await realForms(items.map(destination))
  const keyed = items.map((item, index) => {
    const path = real[index] ?? destination(item)
    return { item, index, key: foldsCase ? path.normalize('NFC').toLowerCase() : path }
  })
  // With the separator first in the order, the contents of a folder follow it directly.
  const order = (key: string) => key.replaceAll(sep, '\0')
  keyed.sort((a, b) => compare(order(a.key), order(b.key)) || a.index - b.index)
  const overlaps: Overlap<T>[] = []
  let outer: (typeof keyed)[number] | undefined
  for (const one of keyed) {
    if (outer === undefined || !contains(outer.key, one.key)) {
      outer = one
      continue
    }
    const isLater = outer.index < one.index
    const [other, item] = isLater ? [outer, one] : [one, outer]
    const how = outer.key === one.key ? 'same' : isLater ? 'inside' : 'around'
    overlaps.push({ item: item.item, other: other.item, how })
  }
  return overlaps
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** Thousands of destinations share a few folders, most of which exist, so each is resolved once. */
async function realForms(paths: readonly string[]): Promise<string[]> {
  const folders = new Map<string, Promise<string>>()
  return Promise.all(
    paths.map(async (path) => {
      const folder = dirname(path)
      const known = folders.get(folder) ?? realForm(folder)
      folders.set(folder, known)
      const real = join(await known, basename(path))
      return realpath(real).catch(() => real)
    }),
  )
}

/** Probes the file system with the nearest existing folder that has letters in its name. */
async function isCaseInsensitive(folder: string): Promise<boolean> {
  for (let path = folder; dirname(path) !== path; path = dirname(path)) {
    const name = basename(path)
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase()
    if (other === name) continue
    const [one, two] = await Promise.all([identity(path), identity(join(dirname(path), other))])
    if (one !== undefined) return one === two
  }
  return false
}

const identity = (path: string) =>
  lstat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  )
