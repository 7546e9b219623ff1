import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Addresses } from '../addresses.js'
import { initBare } from '../git/bare.js'
import { git } from '../git/run.js'
import { Hooks } from '../hooks/hooks.js'
import { type Account, type NewRepository, newRepository, type Repository } from './repository.js'
import type { Run } from './runs.js'

export interface WorldOptions {
  /** The folder for bare repositories and assets. */
  folder: string
  /** As they are in the payloads of webhooks. */
  addresses: Addresses
  tokens: string[]
  /** Tokens with which git and LFS may not push. */
  readOnlyTokens?: string[]
  /** The login that every token belongs to. */
  viewer: string
  now?: () => Date
  /** Entries of a tree after which the API truncates it. */
  treeLimit?: number
  /** The answer to a dispatch with `return_run_details`: the run, 204 without it, or 422. */
  runDetails?: 'given' | 'ignored' | 'refused'
  /** When every token expires. */
  tokenExpires?: Date
  /** Repositories that a GraphQL query gets before it exceeds the resource limits. */
  graphqlLimit?: number
  /** The versions of the REST API that it knows; the first answers requests that name none. */
  apiVersions?: ApiVersion[]
  /** Of every token, as the headers list them. */
  scopes?: string
  /** Milliseconds that a webhook's receiver may take to answer. */
  hookTimeout?: number
}

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
export type ApiVersion = '2022-11-28' | '2026-03-10'

const newest: ApiVersion = '2026-03-10'

/** The state of this GitHub: accounts, repositories with their former names, and tokens. */
export class World {
  readonly folder: string
  readonly tokens: Set<string>
  readonly readOnlyTokens: Set<string>
  readonly viewer: Account
  readonly treeLimit: number
  readonly runDetails: 'given' | 'ignored' | 'refused'
  readonly apiVersions: ApiVersion[]
  readonly graphqlLimit: number
  readonly tokenExpires: Date | undefined
  readonly scopes: string
  readonly hooks: Hooks
  /** How git answers without a credential; GitHub refuses it for a while at busy times. */
  anonymousGit: 'served' | 'challenged' | 'refused in words' = 'served'
  /** Called with each run that a dispatch creates, so that a test can move it on. */
  onDispatch: (run: Run, repository: Repository) => unknown = () => {}
  /** Called with each run that an answer has shown. */
  onShown: (run: Run) => unknown = () => {}
  readonly #accounts = new Map<string, Account>()
  readonly #repositories = new Map<string, Repository>()
  readonly #formerNames = new Map<string, Repository>()
  readonly #now: () => Date
  #lastId = 1000

  constructor({ folder, tokens, viewer, now = () => new Date(), ...options }: WorldOptions) {
    const { addresses, hookTimeout: timeout = 10_000 } = options
    this.hooks = new Hooks({ world: this, addresses, timeout })
    this.scopes = options.scopes ?? 'admin:org_hook, read:org, repo, workflow'
    this.treeLimit = options.treeLimit ?? 100_000
    this.runDetails = options.runDetails ?? 'given'
    this.tokenExpires = options.tokenExpires
    this.graphqlLimit = options.graphqlLimit ?? Number.POSITIVE_INFINITY
    // A server that does not know the field is older than the version that always names the run.
    const isOld = this.runDetails !== 'given'
    this.apiVersions = options.apiVersions ?? ['2022-11-28', ...(isOld ? [] : [newest])]
    this.folder = folder
    this.readOnlyTokens = new Set(options.readOnlyTokens)
    this.tokens = new Set([...tokens, ...this.readOnlyTokens])
    this.#now = now
    this.viewer = this.addAccount(viewer, 'User')
  }

  /** The time in the API's format, in whole seconds; `later` is in seconds too. */
  now(later = 0): string {
    return new Date(this.#now().getTime() + later * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  }

  /** The time in the `Date` header's format. */
  httpDate(): string {
    return this.#now().toUTCString()
  }

  nextId(): number {
    return ++this.#lastId
  }

  /** In the format of GraphQL's global node ids: a short kind, and the number. */
  nodeId(kind: string, id: number): string {
    return `${kind}_${Buffer.from(`local${id}`).toString('base64url')}`
  }

  addAccount(login: string, type: Account['type']): Account {
    const known = this.account(login)
    if (known) return known
    const id = this.nextId()
    const nodeId = this.nodeId(type === 'User' ? 'U' : 'O', id)
    const account: Account = {
      ...{ id, nodeId, login, type, emails: [], createdAt: this.now(), hooks: [] },
    }
    this.#accounts.set(login.toLowerCase(), account)
    return account
  }

  account(login: string): Account | undefined {
    return this.#accounts.get(login.toLowerCase())
  }

  accountById(id: number): Account | undefined {
    return [...this.#accounts.values()].find((account) => account.id === id)
  }

  /** The account of a commit's email address: one of the account's own, or its noreply address. */
  accountByEmail(email: string): Account | undefined {
    const given = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(email)?.[1]
    if (given !== undefined) return this.account(given)
    const address = email.toLowerCase()
    return [...this.#accounts.values()].find(({ emails }) => emails.includes(address))
  }

  /** A stranger may take a name that still redirects, as on GitHub. */
  async addRepository(name: string, options: NewRepository = {}): Promise<Repository> {
    const [login, short] = split(name)
    const owner = this.addAccount(login, 'Organization')
    if (this.#repositories.has(key(name))) throw new Error(`${name} is there already`)
    const id = this.nextId()
    const bare = join(this.folder, `${id}.git`)
    const nodeId = this.nodeId('R', id)
    const identity = { id, nodeId, bare, owner, name: short, time: this.now() }
    const repository = newRepository(identity, options)
    await initBare(bare, repository.defaultBranch)
    this.#formerNames.delete(key(name))
    this.#repositories.set(key(name), repository)
    return repository
  }

  repository(name: string): Repository | undefined {
    return this.#repositories.get(key(name))
  }

  /** The repository that had this name, if no other has it now. */
  renamedFrom(name: string): Repository | undefined {
    return this.#formerNames.get(key(name))
  }

  repositoryById(id: number): Repository | undefined {
    return this.repositories().find((repository) => repository.id === id)
  }

  repositories(owner?: Account): Repository[] {
    const all = [...this.#repositories.values()]
    return owner ? all.filter((repository) => repository.owner === owner) : all
  }

  /** @throws Error if it does not exist: for tests, which know their repositories */
  require(name: string): Repository {
    const repository = this.repository(name)
    if (!repository) throw new Error(`the local GitHub has no ${name}`)
    return repository
  }

  rename(from: string, to: string): Repository {
    const repository = this.require(from)
    const [login, short] = split(to)
    this.#repositories.delete(key(from))
    repository.owner = this.addAccount(login, 'Organization')
    repository.name = short
    this.#formerNames.set(key(from), repository)
    this.#formerNames.delete(key(to))
    this.#repositories.set(key(to), repository)
    return repository
  }

  async remove(name: string): Promise<void> {
    const repository = this.require(name)
    this.#repositories.delete(key(name))
    for (const [former, target] of this.#formerNames) {
      if (target === repository) this.#formerNames.delete(former)
    }
    await rm(repository.bare, { recursive: true, force: true })
  }

  async setDefaultBranch(name: string, branch: string): Promise<void> {
    const repository = this.require(name)
    await git(['symbolic-ref', 'HEAD', `refs/heads/${branch}`], { dir: repository.bare })
    repository.defaultBranch = branch
  }

  /**
   * Whether an account may see it: any account if it is public, otherwise any account with a token.
   */
  visible(repository: Repository, asker: Account | null): boolean {
    return !repository.hidden && (!repository.private || asker !== null)
  }
}

const key = (name: string) => name.toLowerCase()

function split(name: string): [string, string] {
  const [login, short, more] = name.split('/')
  if (!login || !short || more !== undefined) throw new Error(`${name} is not owner/name`)
  return [login, short]
}
