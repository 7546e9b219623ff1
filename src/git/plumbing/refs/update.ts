import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../../base/clock.js'
import { ConflictError, WizardError } from '../../../base/errors.js'
import { hasCode, removeEmptyFolders } from '../../../base/fs/read.js'
import { isRefName } from '../../../base/names/ref.js'
import type { Liveness } from '../../../process/owner-mark.js'
import { type FileLock, lockFile } from '../lock-file.js'
import type { Oid } from '../objects/object.js'
import { findPackedRef, removePackedRef } from './packed-refs.js'
import { followSymbolic, type Head, looseNames, readHead, resolveRef } from './read.js'
import { appendReflog, isLogged, type RefChange, removeReflog } from './reflog.js'

export interface RefUpdate extends RefOptions {
  /** The ref's expected value: null if it must not exist, undefined if any value will do. */
  expected?: Oid | null | undefined
  /** For the reflog. */
  message: string
}

export interface RefOptions {
  liveness?: Liveness | undefined
  /** For the dates in reflogs; default: the system's. */
  clock?: Clock | undefined
}

/**
 * Moves or creates a ref: compares and swaps it under git's own lock, and records the change in its
 * reflog, and in HEAD's reflog if HEAD points to it.
 *
 * @param name in full (`refs/heads/main`); for a symbolic ref, its target moves
 * @throws ConflictError if another process holds the lock, if the ref has moved since, or if a
 *   ref's name above or below is in conflict with it
 */
export async function updateRef(
  gitDir: string,
  name: string,
  to: Oid,
  { expected, message, liveness, clock }: RefUpdate,
): Promise<void> {
  if (!isRefName(name)) throw new WizardError(`not a ref name: ${JSON.stringify(name)}`)
  const target = await followSymbolic(gitDir, name)
  const lock = await lockRef(gitDir, target, liveness)
  try {
    const from = await resolveRef(gitDir, target)
    if (expected !== undefined && from !== expected) throw movedMeanwhile(target, from, expected)
    if (from === to) return
    if (from === null) await assertNoneInTheWay(gitDir, target)
    // The reflog first, as in git: an extra entry does no harm, and a missing one may lose commits.
    await log(gitDir, target, { from, to, message }, clock)
    await commitRef(gitDir, target, lock, `${to}\n`)
  } finally {
    await lock.release()
  }
}

/** @throws ConflictError as updateRef does */
export async function deleteRef(
  gitDir: string,
  name: string,
  { expected, liveness }: Omit<RefUpdate, 'message' | 'clock'> = {},
): Promise<void> {
  const lock = await lockRef(gitDir, name, liveness)
  try {
    const from = await resolveRef(gitDir, name)
    if (expected !== undefined && from !== expected) throw movedMeanwhile(name, from, expected)
    // Packed first: otherwise a reader in between would see an older value reappear.
    await removePackedRef(gitDir, name, liveness)
    await rm(join(gitDir, name), { force: true })
    await removeReflog(gitDir, name)
  } finally {
    await lock.release()
  }
}

/** Points HEAD to a branch (which may be unborn) or to a commit. @throws ConflictError */
export async function writeHead(
  gitDir: string,
  head: Head,
  { message, liveness, clock }: Omit<RefUpdate, 'expected'>,
): Promise<void> {
  const lock = await lockFile(join(gitDir, 'HEAD'), liveness)
  try {
    const from = await resolveRef(gitDir, 'HEAD')
    const to = 'oid' in head ? head.oid : await resolveRef(gitDir, `refs/heads/${head.branch}`)
    if (to !== null) await appendReflog(gitDir, 'HEAD', { from, to, message }, clock)
    await lock.commit('oid' in head ? `${head.oid}\n` : `ref: refs/heads/${head.branch}\n`)
  } finally {
    await lock.release()
  }
}

/** Points one ref to another, such as `refs/remotes/origin/HEAD`. @throws ConflictError */
export async function writeSymbolicRef(
  gitDir: string,
  name: string,
  target: string,
  liveness?: Liveness,
): Promise<void> {
  const lock = await lockRef(gitDir, name, liveness)
  try {
    await commitRef(gitDir, name, lock, `ref: ${target}\n`)
  } finally {
    await lock.release()
  }
}

async function log(gitDir: string, name: string, change: RefChange, clock?: Clock) {
  if (isLogged(name)) await appendReflog(gitDir, name, change, clock)
  const head = await readHead(gitDir)
  if ('branch' in head && name === `refs/heads/${head.branch}`) {
    await appendReflog(gitDir, 'HEAD', change, clock)
  }
}

async function lockRef(gitDir: string, name: string, liveness?: Liveness): Promise<FileLock> {
  const path = join(gitDir, name)
  try {
    await mkdir(dirname(path), { recursive: true })
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOTDIR')) throw inTheWay(name, dirname(name))
    throw error
  }
  return lockFile(path, liveness)
}

/** Removes folders that deleted refs left empty. */
async function commitRef(gitDir: string, name: string, lock: FileLock, data: string) {
  await removeEmptyFolders(join(gitDir, name))
  await lock.commit(data)
}

/** A name can't be both a ref and a folder of refs, loose or packed. */
async function assertNoneInTheWay(gitDir: string, name: string): Promise<void> {
  const [loose] = await looseNames(gitDir, name)
  const below = loose ?? (await findPackedRef(gitDir, `${name}/`))
  if (below !== null) throw inTheWay(name, below)
  for (let above = dirname(name); above !== 'refs'; above = dirname(above)) {
    if ((await resolveRef(gitDir, above)) !== null) throw inTheWay(name, above)
  }
}

const inTheWay = (name: string, other: string) =>
  new ConflictError(`can't create ${name}: ${other} is in the way`, {
    hint: remedyFor(other),
  })

function remedyFor(other: string): string {
  const [, kind, name] = /^refs\/(heads|tags|remotes)\/(.+?)\/?$/.exec(other) ?? []
  if (kind === 'tags') return `if it is not yours, \`git tag -d ${name}\` removes it here`
  if (kind === 'heads') return `\`git branch -m ${name} OTHER\` renames it`
  return 'if its remote branch is gone, `git remote prune origin` removes it'
}

const movedMeanwhile = (name: string, from: Oid | null, expected: Oid | null) =>
  new ConflictError(
    `${name} is at ${from ?? 'nothing'}, not ${expected ?? 'nothing'}: another process moved it`,
    { hint: 'run the command again' },
  )
