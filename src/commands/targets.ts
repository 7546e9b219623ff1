import { ConfigError, UsageError } from '../base/errors.js'
import { parseRemote, type RemoteAddress } from '../base/names/remote.js'
import {
  fullNameOf,
  isRepoName,
  isSameName,
  parseRepo,
  type Repo,
  withoutGit,
} from '../base/names/repository.js'
import type { Component } from '../config/files/components.js'
import type { Invocation } from '../invocation.js'
import type { FlagSpecs } from './flags.js'

/**
 * `owner/repo`, its address (https or ssh), a component's name, or the name of a repository of the
 * default owner.
 *
 * @throws UsageError if it is none of these, ConfigError for a bare name without a default owner
 */
export async function repositoryTarget(invocation: Invocation, text: string): Promise<Repo> {
  const config = await invocation.config()
  const component = findComponent(await config.components(), text)
  if (component) return { owner: component.owner, repo: component.repo }
  const named = parseRepo(text)
  if (named) return named
  const address = addressIn(text, config.github.gitUrl)
  const addressed = address && parseRepo(fullNameOf(address))
  if (address && addressed) {
    requireHost(address.host, text, config.github.gitUrl)
    return addressed
  }
  if (!isRepoName(withoutGit(text))) {
    throw new UsageError(`not a repository: ${text}`, {
      hint: 'write owner/repo, or its address',
    })
  }
  if (config.github.owner === null) {
    throw new ConfigError(`${text} has no owner`, {
      hint: 'write owner/repo, or set owner in github.yaml or GITHUB_OWNER',
    })
  }
  return { owner: config.github.owner, repo: withoutGit(text) }
}

/** An address of the repository, or of one of its pages in a browser (`…/uDOS/typo/tree/main`). */
function addressIn(text: string, gitUrl: string): RemoteAddress | null {
  if (!text.includes(':')) return null
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return parseRemote(text)
  const { origin, pathname } = new URL(text)
  const base = new URL(gitUrl).pathname.replace(/\/*$/, '/')
  const path = pathname.startsWith(base) ? pathname.slice(base.length) : pathname
  return parseRemote(`${origin}/${path.split('/').filter(Boolean).slice(0, 2).join('/')}`)
}

/** The credential and every request go only to the configured server. */
function requireHost(host: string, text: string, gitUrl: string): void {
  const server = new URL(gitUrl)
  const same = [
    server.host,
    server.hostname,
    `ssh.${server.hostname}`,
    `www.${server.hostname}`,
  ].includes(host)
  if (!same) {
    throw new UsageError(`${text} is not on ${server.host}`, {
      hint: 'base_url and git_url in github.yaml name the server',
    })
  }
}

export const findComponent = (
  components: Record<string, Component>,
  name: string,
): Component | undefined =>
  Object.values(components).find((component) => isSameName(component.name, name))

/** The flag of verbs whose target may omit the repository. */
export const repositoryFlag = {
  repo: {
    type: 'text',
    short: 'R',
    value: 'OWNER/REPO',
    summary: 'the repository, if the target has none',
  },
} as const satisfies FlagSpecs

/**
 * The repository for a target that names none: `-R`, then `GH_REPO`, `GITHUB_REPOSITORY`, then the
 * origin of the work tree around the current folder.
 *
 * @param missing thrown if none of them names one
 */
export async function repositoryAround(
  invocation: Invocation,
  flag: string | undefined,
  missing: UsageError = noRepository(),
): Promise<Repo> {
  const named = flag ?? (invocation.env.GH_REPO || invocation.env.GITHUB_REPOSITORY)
  if (named) return repositoryTarget(invocation, withoutHost(named))
  const origin = await originAround(invocation)
  if (origin) return origin
  throw missing
}

const noRepository = () =>
  new UsageError('no repository given', {
    hint: 'name one, give -R owner/repo, or run this in a clone of it',
  })

/** GH_REPO may be HOST/OWNER/REPO. */
const withoutHost = (text: string) =>
  /^[^/:]+\/[^/]+\/[^/]+$/.test(text) ? `https://${text}` : text

/** What the clone around a folder has as its origin; null if that is not on the configured server. */
export async function originAround(
  invocation: Invocation,
  folder: string = invocation.cwd,
): Promise<Repo | null> {
  const [{ workTreeAround }, config] = await Promise.all([
    import('../git/repository/find-worktree.js'),
    invocation.config(),
  ])
  return (await workTreeAround(folder, config.github.gitUrl, invocation.env))?.origin ?? null
}

/**
 * A target's name, and the tag or version after its `@`.
 *
 * @throws UsageError for an `@` with nothing after it
 */
export function splitTarget(text: string): { name: string; named: string | null } {
  // The @ in `git@host:owner/repo` does not begin a tag.
  const [, name = '', named = null] =
    /^((?:\w+@[\w.-]+:|\w+:\/\/[^@]*@)?[^@]*)(?:@(.*))?$/s.exec(text) ?? []
  if (named === '') {
    throw new UsageError(`${text} has no tag after the @`, { hint: 'for example core@1.2.3' })
  }
  return { name, named }
}
