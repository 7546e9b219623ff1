import { join, relative, resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import { existsAt } from '../../base/fs/read.js'
import type { Invocation } from '../../invocation.js'
import type { AdoptedClone, AdoptReason } from '../../repos/adopt/adopt.js'
import type { Page } from '../../terminal/page.js'
import type { PartialFailure } from '../verb.js'
import { looksLikePath } from './folders.js'

/** The result of ADD where it adopts clones. */
export interface Adoption {
  clones: AdoptedClone[]
  /** As typed. */
  folder: string
  isScan: boolean
  file: string
  root: string
}

export interface AdoptionRequest {
  folder: string
  isScan: boolean
  group?: string | undefined
  depth?: number | undefined
}

/** Adopts one clone, or those below a folder. @throws PathError if the folder does not exist */
export async function adopt(
  invocation: Invocation,
  { folder, isScan, group, depth }: AdoptionRequest,
): Promise<Adoption> {
  const path = resolve(invocation.cwd, folder)
  const sync = await invocation.repoSync()
  const what = isScan ? { scan: path, depth } : { path }
  const clones = await sync.adopt({ ...what, group }, invocation.call)
  const config = await invocation.config()
  return { clones, folder, isScan, file: config.fileFor('repos'), root: config.root }
}

/** Whether a target means a clone that is there, and not a repository on GitHub. */
export async function meansClone({ cwd }: Invocation, target: string): Promise<boolean> {
  return looksLikePath(target) || (await existsAt(join(resolve(cwd, target), '.git')))
}

/** @throws UsageError for flags and words that do not go together */
export function checkAdoption({
  scan,
  ...other
}: {
  scan: string | undefined
  target: string | undefined
  dest: string | undefined
  branch: string | undefined
  depth: number | undefined
}): void {
  if (scan === undefined && other.target === undefined) {
    throw new UsageError('REPO ADD needs REPO', { hint: 'wizard REPO ADD --help' })
  }
  if (scan !== undefined && other.target !== undefined) {
    throw new UsageError('REPO ADD --scan takes no REPO', { hint: 'wizard REPO ADD --scan DIR' })
  }
  if (scan === undefined && other.depth !== undefined) {
    throw new UsageError('--depth is only for --scan', { hint: 'wizard REPO ADD --scan DIR' })
  }
}

/** @throws UsageError for what a clone says itself */
export function checkClone(dest: string | undefined, branch: string | undefined): void {
  if (dest !== undefined) {
    throw new UsageError('a clone is added where it is, so REPO ADD PATH takes no DEST', {
      hint: 'move the clone first, or name the repository as owner/repo',
    })
  }
  if (branch !== undefined) {
    throw new UsageError('a clone is added with its own branch, so it takes no --branch', {
      hint: 'switch the clone to the branch first, with git',
    })
  }
}

export function adoptionPage(adoption: Adoption, { globals, terminal, cwd }: Invocation): Page {
  const { clones, folder, isScan, file } = adoption
  if (globals.quiet || adoptionFailure(adoption) !== null) return { kind: 'nothing' }
  const added = clones.filter(({ status }) => status === 'added').length
  const counts = [
    `${added} added to ${file}`,
    ...(added < clones.length ? [`${clones.length - added} skipped`] : []),
  ]
  const pathOf = (path: string) => (terminal.out.isTerminal ? relative(cwd, path) || '.' : path)
  return {
    kind: 'table',
    columns: [
      { title: 'REPOSITORY', cut: 'middle' },
      { title: 'STATUS', tone: (cell) => (cell === 'added' ? 'good' : 'faint') },
      { title: 'BRANCH', cut: 'middle', spare: 2 },
      { title: 'FOLDER', cut: 'middle', spare: 1 },
      { title: 'NOTE', cut: 'wrap' },
    ],
    rows: clones.map(({ repo, path, status, branch, reason }) => [
      repo ?? '',
      status,
      branch ?? '',
      pathOf(path),
      reason === null ? '' : words[reason],
    ]),
    after: [isScan && clones.length === 0 ? `no clones found below ${folder}` : counts.join(', ')],
  }
}

const words: Record<AdoptReason, string> = {
  'already-named': 'it is already in repos.yaml',
  'second-clone': 'repos.yaml has another clone of this repository',
  overlaps: 'repos.yaml has a destination around it, or inside it',
  'outside-root': 'outside ROOT',
  'root-itself': 'it is ROOT itself',
  'not-a-repository': 'not a git repository',
  bare: 'a bare repository',
  linked: 'a linked work tree or a submodule',
  'no-remote': 'it has no remote called origin',
  'other-host': 'its origin is not on the configured server',
  unsupported: 'wizard does not support its settings, such as a sparse checkout',
  'in-progress': 'a rebase or a bisection is in progress',
  'unsuitable-name': "repos.yaml can't contain the name of its folder, branch or repository",
  unreadable: "it can't be read",
}

/** One named clone that is not added is an error, unless repos.yaml has it as it is. */
export function adoptionFailure({ clones, folder, isScan, root }: Adoption): PartialFailure | null {
  const [one] = clones
  const reason = one?.reason ?? null
  if (isScan || reason === null || reason === 'already-named') return null
  const message = `${folder} was not added: ${words[reason]}`
  if (reason === 'second-clone') return { code: 'CONFLICT', message, hint: hintOfSecond }
  if (reason !== 'outside-root') return { code: 'PATH', message }
  return { code: 'PATH', message, hint: `ROOT is ${root}; --root names another` }
}

const hintOfSecond = 'wizard REPO LIST --local shows where'
