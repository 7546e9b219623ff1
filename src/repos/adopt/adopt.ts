import { realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import pLimit from 'p-limit'
import { PathError } from '../../base/errors.js'
import { existsAt, hasCode } from '../../base/fs/read.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { fullNameOf } from '../../base/names/repository.js'
import { plainText } from '../../base/text.js'
import { destinationOf, findOverlaps } from '../../config/files/destinations.js'
import { addRepositories } from '../../config/files/edit.js'
import { contains, realForm } from '../../config/locate/root.js'
import type { RepoSession } from '../session.js'
import { placesOf } from '../targets/expand.js'
import { type FoundFolder, findClones } from './find-clones.js'
import { type CloneFault, type JudgedClone, judgeClone } from './judge-clone.js'

export type AdoptOptions = {
  /** The group of repos.yaml, made if missing; default: `default`. */
  group?: string | undefined
} & (
  | {
      /** A clone, or a folder in it. Absolute. */
      path: string
    }
  | {
      /** The folder whose clones are adopted. Absolute. */
      scan: string
      /** Levels of folders below it; 1: its own children. Default: 3. */
      depth?: number | undefined
    }
)

/** Why a clone is not adopted. */
export type AdoptReason =
  | CloneFault
  | 'outside-root'
  | 'root-itself'
  /** repos.yaml has it already. */
  | 'already-named'
  /** repos.yaml has another clone of the repository. */
  | 'second-clone'
  /** repos.yaml has a folder around it, or in it. */
  | 'overlaps'

/** A clone that somebody made, and whether repos.yaml has it now. */
export interface AdoptedClone {
  /** `owner/repo`; null if its origin is not on the configured server. */
  repo: string | null
  /** Absolute. */
  path: string
  status: 'added' | 'skipped'
  /** null if it was added. */
  reason: AdoptReason | null
  /** Its `branch:` in repos.yaml: a branch or a commit id; null: the default branch. */
  branch: string | null
}

const usualDepth = 3

/**
 * Adds clones that are there already to repos.yaml, where they are, in one write. Touches none of
 * them, and sends no request.
 *
 * @throws PathError if the folder does not exist; ConfigError if repos.yaml can't be edited
 */
export async function adoptClones(
  session: RepoSession,
  options: AdoptOptions,
): Promise<AdoptedClone[]> {
  const { config } = session
  const root = await realForm(config.root)
  const found =
    'path' in options
      ? [{ path: await topOf(options.path, root), readable: true }]
      : await scanned(session, options.scan, options.depth)
  const candidates = await judgeAll(session, root, found)
  const free = await withoutNamed(session, candidates)
  const chosen = await withoutOverlaps(session, free)
  const group = options.group ?? 'default'
  await addRepositories(config, group, chosen.filter(isWanted).map(entryOf))
  return chosen.map(({ path, judged, reason }) => ({
    repo: judged.repo === null ? null : fullNameOf(judged.repo),
    path,
    status: reason === null ? 'added' : 'skipped',
    reason,
    branch: reason === null ? (judged.branch ?? null) : null,
  }))
}

/** A folder, and what is known against adopting it. */
interface Candidate {
  /** Below ROOT as the configuration spells it. */
  path: string
  /** From ROOT, with a slash before it, as in repos.yaml. */
  destination: string
  judged: JudgedClone
  reason: AdoptReason | null
}

type Wanted = Candidate & { judged: { repo: NonNullable<JudgedClone['repo']> } }

const isWanted = (one: Candidate): one is Wanted => one.reason === null && one.judged.repo !== null

const entryOf = ({ destination, judged: { repo, branch } }: Wanted) => ({
  ...repo,
  destination,
  branch,
})

async function scanned({ signal }: RepoSession, dir: string, depth = usualDepth) {
  return findClones(await realFolder(dir), { depth, signal })
}

/** The top of the clone around a folder; the folder itself if there is none inside ROOT. */
async function topOf(path: string, root: string): Promise<string> {
  const folder = await realFolder(path)
  for (let at = folder; at !== root; at = dirname(at)) {
    if (await existsAt(join(at, '.git'))) return at
    if (!contains(root, at) || dirname(at) === at) break
  }
  return folder
}

/** @throws PathError if it is not there, or not a folder */
async function realFolder(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isDirectory()) throw new PathError(`${path} is not a folder`)
    return await realpath(path)
  } catch (error) {
    if (error instanceof PathError) throw error
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) throw new PathError(`${path} does not exist`)
    throw new PathError(`${path} can't be read: ${reasonOf(error)}`, { cause: error })
  }
}

async function judgeAll(
  { client, config, host: { env } }: RepoSession,
  root: string,
  found: FoundFolder[],
): Promise<Candidate[]> {
  const limit = pLimit(16)
  const judge = async ({ path, readable }: FoundFolder): Promise<Candidate> => {
    const judged: JudgedClone = readable
      ? await judgeClone(path, client.gitUrl, env)
      : { repo: null, fault: 'unreadable' }
    if (!contains(root, path)) return { path, destination: '', judged, reason: 'outside-root' }
    if (path === root) return { path, destination: '/', judged, reason: 'root-itself' }
    const steps = relative(root, path).split(sep)
    const destination = `/${steps.join('/')}`
    const reason = judged.fault ?? (isSuitable(config.root, destination) ? null : 'unsuitable-name')
    return { path: join(config.root, ...steps), destination, judged, reason }
  }
  return Promise.all(found.map((one) => limit(() => judge(one))))
}

/** Whether a folder's name can be a destination, which may have placeholders. */
function isSuitable(root: string, destination: string): boolean {
  if (plainText(destination) !== destination || /\{[^{}]*\}/.test(destination)) return false
  try {
    destinationOf(root, destination)
    return true
  } catch (error) {
    if (error instanceof PathError) return false
    throw error
  }
}

/** Skips repositories that repos.yaml has, and all but the first clone of each. */
async function withoutNamed(session: RepoSession, candidates: Candidate[]): Promise<Candidate[]> {
  const taken = new Set<string>()
  const checked: Candidate[] = []
  for (const one of candidates) {
    if (!isWanted(one)) {
      checked.push(one)
      continue
    }
    const name = fullNameOf(one.judged.repo).toLowerCase()
    const reason = taken.has(name) ? 'second-clone' : await nameOf(session, one)
    if (reason === null) taken.add(name)
    checked.push({ ...one, reason })
  }
  return checked
}

/** A place of a `from:` entry counts if something is there: that clone would lose its name. */
async function nameOf({ config }: RepoSession, { path, judged }: Wanted) {
  const entries = await config.repos()
  const places = await placesOf(entries, config.root, judged.repo)
  const real = await Promise.all([path, ...places].map(realForm))
  if (real.indexOf(real[0] ?? path, 1) > 0) return 'already-named'
  const explicit = new Set(
    entries.flatMap((one) => (one.kind === 'repository' ? [one.destination] : [])),
  )
  for (const place of places)
    if (explicit.has(place) || (await existsAt(place))) return 'second-clone'
  return null
}

async function withoutOverlaps(
  { config }: RepoSession,
  candidates: Candidate[],
): Promise<Candidate[]> {
  const named = (await config.repos()).flatMap((one) =>
    one.kind === 'repository' ? [{ path: one.destination }] : [],
  )
  const all = [...named, ...candidates.filter(isWanted)]
  const overlaps = await findOverlaps(all, ({ path }) => path, config.root)
  const second = new Set<unknown>(overlaps.map(({ item }) => item))
  return candidates.map((one) => (second.has(one) ? { ...one, reason: 'overlaps' } : one))
}
