import { ConfigError, UsageError } from '../base/errors.js'
import { type Address, parseAddress } from '../base/names/remote.js'
import type { Component } from '../config/files/components.js'
import type { Invocation } from '../invocation.js'

export interface RepositoryTarget {
  owner: string
  repo: string
}

/** What GitHub lets a repository and its owner be called. */
const namePattern = /^(?!\.{1,2}$)[\w.-]{1,100}$/

/**
 * `owner/repo`, its address (https or ssh), a component's name, or a repository's name below the default owner.
 *
 * @throws UsageError for what can be none of these, ConfigError for a bare name without a default owner
 */
export async function repositoryTarget(
  invocation: Invocation,
  text: string,
): Promise<RepositoryTarget> {
  const config = await invocation.config()
  const component = findComponent(await config.components(), text)
  if (component) return { owner: component.owner, repo: component.repo }
  const parts = text.split('/')
  if (parts.length === 2 && parts.every((part) => namePattern.test(part))) {
    const [owner = '', repo = ''] = parts
    return { owner, repo: repo.replace(/\.git$/, '') }
  }
  const address = addressIn(text, config.github.gitUrl)
  if (address && namePattern.test(address.owner) && namePattern.test(address.repo)) {
    requireHost(address.host, text, config.github.gitUrl)
    return { owner: address.owner, repo: address.repo }
  }
  if (!namePattern.test(text)) {
    throw new UsageError(`${text} names no repository`, {
      hint: 'write owner/repo, or its address',
    })
  }
  if (config.github.owner === null) {
    throw new ConfigError(`${text} has no owner`, {
      hint: 'write owner/repo, or set owner in github.yaml or GITHUB_OWNER',
    })
  }
  return { owner: config.github.owner, repo: text }
}

/** An address of the repository, or of a page of it as a browser shows it (`…/uDOS/typo/tree/main`). */
function addressIn(text: string, gitUrl: string): Address | null {
  if (!text.includes(':')) return null
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return parseAddress(text)
  const { origin, pathname } = new URL(text)
  const base = new URL(gitUrl).pathname.replace(/\/*$/, '/')
  const path = pathname.startsWith(base) ? pathname.slice(base.length) : pathname
  return parseAddress(`${origin}/${path.split('/').filter(Boolean).slice(0, 2).join('/')}`)
}

/** The credential and every request go to the configured server alone. */
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
  Object.values(components).find((component) => component.name.toLowerCase() === name.toLowerCase())
