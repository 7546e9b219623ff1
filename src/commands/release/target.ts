import { resolve } from 'node:path'
import { NotFoundError, PathError, UsageError } from '../../base/errors.js'
import { fullNameOf, isSameRepo, type Repo } from '../../base/names/repository.js'
import { workTreeAround } from '../../git/repository/find-worktree.js'
import type { Invocation } from '../../invocation.js'
import type { ReleaseSubject } from '../../releases/info.js'
import type { ComponentSubject } from '../../releases/pipeline/request.js'
import { findComponent, repositoryAround, repositoryTarget, splitTarget } from '../targets.js'
import type { ArgumentSpec } from '../verb.js'

export interface ReleaseTarget {
  subject: ReleaseSubject
  /** The part after `@`: a tag or a version; null if there is none. */
  named: string | null
}

/**
 * `component`, `repo` or `owner/repo`, each with an optional `@tag` or `@version`. If the
 * repository comes from elsewhere, just `@tag`, or nothing.
 *
 * @param flag `-R`
 * @throws UsageError if it is none of these
 */
export async function releaseTarget(
  invocation: Invocation,
  text: string | undefined,
  flag: string | undefined,
): Promise<ReleaseTarget> {
  const { name, named } = splitTarget(text ?? '')
  if (name === '' || flag !== undefined) return around(invocation, { name, named, flag })
  const component = findComponent(await (await invocation.config()).components(), name) ?? null
  if (component !== null) {
    const { owner, repo } = component
    return { subject: { owner, repo, component }, named }
  }
  return { subject: { ...(await repositoryTarget(invocation, name)), component: null }, named }
}

/**
 * `component`, with an optional `@tag` or `@version`.
 *
 * @throws NotFoundError, with the existing names, if it is not a component
 */
export async function componentTarget(
  invocation: Invocation,
  text: string,
): Promise<{ subject: ComponentSubject; named: string | null }> {
  const { name, named } = splitTarget(text)
  const components = await (await invocation.config()).components()
  const component = findComponent(components, name)
  if (component !== undefined) {
    const { owner, repo } = component
    return { subject: { owner, repo, component }, named }
  }
  const names = Object.keys(components)
  const there = names.length > 0 ? `has ${names.join(', ')}` : 'defines components'
  throw new NotFoundError(`not a component: ${name}; only components can be published`, {
    hint: `components.yaml ${there}; for a repository use RELEASE CREATE`,
  })
}

async function around(
  invocation: Invocation,
  { name, named, flag }: { name: string; named: string | null; flag: string | undefined },
): Promise<ReleaseTarget> {
  if (name !== '' && named !== null) {
    throw new UsageError(`-R ${flag} and ${name} both name a repository`, {
      hint: `with -R, write only @${named}`,
    })
  }
  const repository = await repositoryAround(invocation, flag)
  return { subject: { ...repository, component: null }, named: named ?? (name || null) }
}

/** The argument of verbs that need a tag. */
export const taggedArgument: ArgumentSpec = {
  name: 'target@tag',
  summary: 'component@version, repo@tag or owner/repo@tag',
}

/** The argument of verbs that use the latest release by default. */
export const latestArgument: ArgumentSpec = {
  name: 'target[@tag]',
  summary: 'component, repo or owner/repo, with @tag or @version; default: the latest',
  optional: true,
}

/** A target with a tag. @throws UsageError if it has none */
export async function taggedTarget(
  invocation: Invocation,
  text: string,
  flag: string | undefined,
): Promise<{ subject: ReleaseSubject; named: string }> {
  const { subject, named } = await releaseTarget(invocation, text, flag)
  if (named !== null) return { subject, named }
  // Users of gh write just the tag.
  const isTag = /^v?\d+\.\d/.test(text)
  throw new UsageError(`no ${isTag ? 'repository' : 'tag'} in ${text}`, {
    hint: isTag
      ? `write OWNER/REPO@${text}, or @${text} in a clone of the repository`
      : `write ${text}@TAG or ${text}@VERSION`,
  })
}

export const latestChoices = ['true', 'false', 'auto'] as const

export const yesOrNo = (choice: 'true' | 'false' | undefined): boolean | undefined =>
  choice === undefined ? undefined : choice === 'true'

/**
 * The work tree to release from: `--source DIR`, otherwise the one around the current folder if its
 * origin is the repository, otherwise the repository's destination in repos.yaml.
 *
 * @returns its top, absolute; null if there is none
 * @throws PathError if `--source` is not a work tree
 */
export async function sourceTree(
  invocation: Invocation,
  repo: Repo,
  flag: string | undefined,
): Promise<string | null> {
  const config = await invocation.config()
  const { gitUrl } = config.github
  if (flag !== undefined) {
    // It may be a fork, or have a mirror as its origin: the user is responsible for an explicit
    // folder.
    const named = await workTreeAround(resolve(invocation.cwd, flag), gitUrl, invocation.env)
    if (named !== null) return named.dir
    throw new PathError(`not in a work tree: ${flag}`, {
      hint: `expected a clone of ${fullNameOf(repo)} after --source`,
    })
  }
  const { placesOf } = await import('../../repos/targets/expand.js')
  for (const folder of [
    invocation.cwd,
    ...(await placesOf(await config.repos(), config.root, repo)),
  ]) {
    const around = await workTreeAround(folder, gitUrl, invocation.env)
    if (around?.origin && isSameRepo(around.origin, repo)) return around.dir
  }
  return null
}
