import { remotePlace } from '../../base/names/remote.js'
import type { Git } from '../git.js'
import { fetchContent, type LfsFile } from '../lfs/content.js'
import { parsePointer } from '../lfs/pointer.js'
import { type LfsSettings, readLfsSettings } from '../lfs/settings.js'
import type { Oid } from '../plumbing/objects/object.js'
import { canonicalMode, fileMode, readCommit, readTree } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import { warnings as all, type Warning, warningsOf } from '../repository/warnings.js'
import { checkoutFresh } from '../worktree/checkout.js'
import { type BringContent, lfsFilesAmong } from '../worktree/lfs-files.js'
import { fillInContent } from '../worktree/move/fill-in.js'
import {
  changesOf,
  conversionsAt,
  type MoveRequest,
  openPlace,
} from '../worktree/move/repository.js'

interface Place {
  dir: string
  gitDir: string
  store: ObjectStore
}

export interface ContentOptions {
  /** The repository's address, without credentials. */
  url: string
  /** Whether files of Git LFS get their content; git's own settings may say no too. Default: yes. */
  lfs?: boolean | undefined
}

/** What the files of a commit need besides their blobs. */
export interface Content {
  warnings: Warning[]
  /** null: none of them is of Git LFS. */
  lfs: LfsContent | null
}

export interface LfsContent {
  /** Otherwise pointers stay. */
  isOn: boolean
  /** Downloads what is wanted of it into the repository's storage. @throws as `fetchContent` */
  bring: BringContent
  /** What `bring` did so far: bytes received, pointers left, and whether a foreign server was asked. */
  came: { bytes: number; left: number; isForeign: boolean }
}

/**
 * Reads what the files of a commit need, and where the content of its pointers comes from; asks no
 * server.
 *
 * @throws as `readLfsSettings`
 */
export async function openContent(
  git: Git,
  { gitDir, store }: Place,
  commit: Oid,
  { url, lfs: isWanted = true }: ContentOptions,
): Promise<Content> {
  const env = git.env ?? {}
  const { tree } = await readCommit(store, commit)
  const warnings = await warningsOf(store, tree, { gitDir, env })
  if (!warnings.includes('lfs')) return { warnings, lfs: null }
  const settings = readLfsSettings({ gitDir, env, url, shared: await sharedSettings(store, tree) })
  return { warnings, lfs: contentBy(git, url, { ...settings, isOn: settings.isOn && isWanted }) }
}

function contentBy(git: Git, url: string, settings: LfsSettings): LfsContent {
  const { isOn, wants } = settings
  const came = { bytes: 0, left: 0, isForeign: false }
  return {
    isOn,
    came,
    async bring(files, objects) {
      const isWanted = ({ path, pointer }: LfsFile) => wants(path) && !pointer.isExtended
      const wanted = isOn ? files.filter(isWanted) : []
      if (settings.isForeign && wanted.some(({ pointer }) => !objects.has(pointer))) {
        came.isForeign = true
        warnOfHost(git, url, settings)
      }
      came.bytes += await fetchContent(git, { server: settings, objects, files: wanted })
      came.left += files.filter(({ pointer }) => !objects.has(pointer)).length
    },
  }
}

function warnOfHost(git: Git, url: string, { endpoint }: LfsSettings): void {
  git.onWarning?.(
    `.lfsconfig of ${remotePlace(url)} names ${endpoint.host} for Git LFS: wizard sends it no token`,
  )
}

/** The text of the tree's `.lfsconfig`; null: there is none. */
async function sharedSettings(store: ObjectStore, tree: Oid): Promise<string | null> {
  const found = (await readTree(store, tree)).find(({ name }) => name === '.lfsconfig')
  if (found === undefined || canonicalMode(found.mode) !== fileMode.regular) return null
  const blob = await store.open(found.oid)
  // With every file in Git LFS it is a pointer itself, which git-lfs passes over.
  return 'data' in blob && parsePointer(blob.data) === null ? blob.data.toString('utf8') : null
}

/**
 * Writes the files of a commit, with their content, into a new work tree.
 *
 * @throws as `checkoutFresh`, `openContent` and `fetchContent`
 */
export async function checkoutContent(
  git: Git,
  place: Place,
  commit: Oid,
  options: ContentOptions,
): Promise<Content> {
  const { env, liveness, signal, onProgress } = git
  const { tree } = await readCommit(place.store, commit)
  const content = await openContent(git, place, commit, options)
  const bringContent = content.lfs?.bring
  await checkoutFresh({ ...place, tree, env, liveness, signal, onProgress, bringContent })
  return content
}

/** Downloads the content of the files that a move will write. @throws as `fetchContent` */
export async function bringIncoming(
  move: Omit<MoveRequest, 'message'>,
  { lfs }: Content,
): Promise<void> {
  if (lfs === null) return
  const changes = await changesOf(move, move)
  const conversions = conversionsAt(openPlace(move), changes, 'to')
  const arriving = changes.flatMap(({ path, to }) => (to === null ? [] : [{ ...to, path }]))
  const { store } = move
  await lfs.bring(await lfsFilesAmong({ store, conversions }, arriving), conversions.lfs)
}

export interface CompletedContent {
  /** How many files that lay there as pointers have their content now. */
  filled: number
  warnings: Warning[]
  /** Whether any file may be of Git LFS. */
  usesLfs: boolean
}

/** Gives the files of a work tree that lie there as pointers their content. @throws as `fillInContent` */
export async function completeContent(
  { env, liveness, signal, clock }: Git,
  place: Place,
  { warnings, lfs }: Content,
): Promise<CompletedContent> {
  if (lfs === null) return { filled: 0, warnings, usesLfs: false }
  const { filled, left } = await fillInContent(
    { ...place, env, liveness, signal, clock },
    lfs.isOn ? lfs.bring : null,
  )
  return { filled, warnings: withLfs(warnings, { ...lfs.came, left }), usesLfs: true }
}

/** Keeps `lfs` only where pointers are left, and adds `lfs-host` for a server that the repository chose. */
export const withLfs = (
  warnings: Warning[],
  { left, isForeign }: { left: number; isForeign: boolean },
): Warning[] =>
  all.filter((warning) => {
    if (warning === 'lfs-host') return isForeign
    return warnings.includes(warning) && (warning !== 'lfs' || left > 0)
  })

/** Keeps `submodules` only where folders are left empty, and adds `lfs` for pointers in submodules. */
export const withSubmodules = (
  warnings: Warning[],
  { left, pointers }: { left: number; pointers: number },
): Warning[] =>
  all.filter((warning) => {
    if (warning === 'submodules') return left > 0 && warnings.includes(warning)
    return warnings.includes(warning) || (warning === 'lfs' && pointers > 0)
  })
