import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { WizardError } from '../../../base/errors.js'
import { entriesIn, hasCode, readTextIfThere } from '../../../base/fs/read.js'
import { isOid, isRefName } from '../../../base/names/ref.js'
import { BlockedError } from '../../errors.js'
import type { Oid } from '../objects/object.js'
import { readPackedRef, readPackedRefs } from './packed-refs.js'

/** What HEAD points to: a branch, by its short name, or a commit (detached). */
export type Head = { branch: string } | { oid: Oid }

/** How many symbolic refs git follows. */
const mostHops = 5

const branchPrefix = 'refs/heads/'

/** @throws BlockedError (`unsupported`) if HEAD points to a ref that is not a branch */
export async function readHead(gitDir: string): Promise<Head> {
  const head = readLoose(gitDir, 'HEAD')
  if (head === null) throw new WizardError(`${gitDir} has no HEAD`)
  if ('oid' in head) return head
  if (head.ref.startsWith(branchPrefix)) return { branch: head.ref.slice(branchPrefix.length) }
  throw new BlockedError('unsupported', `a HEAD on ${head.ref}, which is not a branch`)
}

/**
 * Resolves a ref, loose or packed, through symbolic refs to its object.
 *
 * @param name in full (`refs/heads/main`), or `HEAD`
 * @returns null if there is no such ref, or it points to an unborn branch
 */
export async function resolveRef(gitDir: string, name: string): Promise<Oid | null> {
  return readOwn(gitDir, await followSymbolic(gitDir, name))
}

/** Follows symbolic refs to the name of the ref that holds an id. */
export async function followSymbolic(gitDir: string, name: string): Promise<string> {
  let at = name
  for (let hops = 0; hops <= mostHops; hops++) {
    const value = readLoose(gitDir, at)
    if (value === null || 'oid' in value) return at
    at = value.ref
  }
  throw new WizardError(`${name} in ${gitDir} is a symbolic ref in a loop`)
}

/** Every ref with a prefix, by full name in git's order. Symbolic refs are resolved. */
export async function listLocalRefs(gitDir: string, prefix: string): Promise<Map<string, Oid>> {
  const refs = await readPackedRefs(gitDir, prefix)
  for (const name of await looseNames(gitDir, 'refs')) {
    if (!name.startsWith(prefix)) continue
    const oid = await resolveRef(gitDir, name)
    if (oid !== null) refs.set(name, oid)
  }
  return new Map([...refs].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/**
 * The names of loose refs below a folder (`refs`, `refs/heads/feature`); empty if it is not a
 * folder.
 */
export async function looseNames(gitDir: string, folder: string): Promise<string[]> {
  const names: string[] = []
  for (const entry of await entriesIn(join(gitDir, folder))) {
    const name = `${folder}/${entry.name}`
    if (entry.isDirectory()) names.push(...(await looseNames(gitDir, name)))
    else if (isRefName(name)) names.push(name)
  }
  return names
}

/** The value of a ref that is not symbolic. */
async function readOwn(gitDir: string, name: string): Promise<Oid | null> {
  const value = readLoose(gitDir, name)
  if (value !== null) return 'oid' in value ? value.oid : null
  return readPackedRef(gitDir, name)
}

/**
 * The ref that HEAD is a symlink to, as `core.preferSymlinkRefs` writes it; null if it is a file.
 */
function linkedRef(path: string): string | null {
  try {
    const target = readlinkSync(path)
    return target.startsWith('refs/') && isRefName(target) ? target : null
  } catch (error) {
    if (hasCode(error, 'EINVAL', 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}

function readLoose(gitDir: string, name: string): { ref: string } | { oid: Oid } | null {
  const linked = name === 'HEAD' ? linkedRef(join(gitDir, name)) : null
  if (linked !== null) return { ref: linked }
  const text = readTextIfThere(join(gitDir, name))
  if (text === null) return null
  const symbolic = /^ref:\s*(\S+)\s*$/.exec(text)?.[1]
  if (symbolic !== undefined && isRefName(symbolic)) return { ref: symbolic }
  const oid = text.trimEnd()
  if (!isOid(oid))
    throw new WizardError(`${join(gitDir, name)} contains neither an object id nor a ref`)
  return { oid }
}
