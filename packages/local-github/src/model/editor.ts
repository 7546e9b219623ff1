import { resolve as resolvePath } from 'node:path'
import { listRefs, resolve } from '../git/bare.js'
import { commitTree, type Files, makeCommit, makeTag } from '../git/commit.js'
import { importFolder, importRepository, isRepository } from '../git/import.js'
import { type RawEntry, writeRawTree } from '../git/raw-tree.js'
import { git } from '../git/run.js'
import type { NewRepository, Repository } from './repository.js'
import type { World } from './world.js'

export interface SeededRepository extends NewRepository {
  /** Those of its first commit; default: a README. */
  files?: Files
  /** Without a commit. */
  empty?: boolean
}

export interface Commit {
  /** Default: the default branch. */
  branch?: string
  files?: Files
  message?: string
  /** Default: Mona Lisa, as whom it is committed in any case. */
  author?: { name: string; email: string }
  /** The commit it follows, default the branch's tip; null begins a history of its own. */
  parent?: string | null
  /** More parents, which make it a merge. */
  merge?: string[]
  /** In the place of the branch's tip, as a forced push of an amended commit; only without `parent`. */
  force?: boolean
}

const firstDate = Date.parse('2026-01-14T10:00:00Z') / 1000

/** What a test does to a GitHub's repositories: straight in the bare ones, without network. */
export class Editor {
  readonly world: World
  #commits = 0

  constructor(world: World) {
    this.world = world
  }

  /** The owner is made with it where it is new, as an organization. */
  async addRepository(name: string, options: SeededRepository = {}): Promise<Repository> {
    const repository = await this.world.addRepository(name, options)
    const files = options.files ?? { 'README.md': `# ${repository.name}\n` }
    if (!options.empty) await this.commit(name, { files, message: 'Begin' })
    return repository
  }

  /**
   * Brings in the branches and tags of a repository on this machine, bare or not, and the branch that its HEAD is on;
   * of a folder that is none, its files as one commit.
   *
   * @throws GitFailure for a HEAD that is on no branch, and whatever else git finds wrong.
   */
  async importFrom(name: string, path: string): Promise<void> {
    const dir = resolvePath(path)
    const repository = this.world.require(name)
    const { bare, defaultBranch: branch } = repository
    if (await isRepository(dir)) {
      await this.world.setDefaultBranch(name, await importRepository(bare, dir))
    } else {
      await importFolder(bare, dir, { branch, date: this.#nextDate() })
    }
    this.#pushed(repository)
  }

  /** With the addresses by which its commits are known. */
  addUser(login: string, ...emails: string[]): void {
    const account = this.world.addAccount(login, 'User')
    account.emails.push(...emails.map((email) => email.toLowerCase()))
  }

  /** A commit on a branch, which moves to it. Dates advance by a minute a commit. */
  async commit(name: string, commit: Commit = {}): Promise<string> {
    const repository = this.world.require(name)
    const { branch = repository.defaultBranch, files = {}, message = 'Change' } = commit
    const date = this.#nextDate()
    const oid = await makeCommit(repository.bare, { ...commit, branch, files, message, date })
    this.#pushed(repository)
    return oid
  }

  /** A commit whose tree is made of raw entries, unchecked and in this order, as a hostile server could send. */
  async tree(
    name: string,
    entries: RawEntry[],
    commit: Omit<Commit, 'files'> = {},
  ): Promise<string> {
    const repository = this.world.require(name)
    const { bare, defaultBranch } = repository
    const { branch = defaultBranch, message = 'Hostile' } = commit
    const parent =
      commit.parent === undefined ? await resolve(bare, `refs/heads/${branch}`) : commit.parent
    const tree = await writeRawTree(bare, entries)
    const parents = parent === null ? [] : [parent]
    const oid = await commitTree(bare, { tree, parents, message, date: this.#nextDate() })
    await this.branch(name, branch, oid)
    return oid
  }

  /** Puts a tag on a commit (default: the tip of the default branch); it moves where it stands already. */
  async tag(
    name: string,
    tag: string,
    {
      target,
      annotated = false,
      message = tag,
    }: { target?: string; annotated?: boolean; message?: string } = {},
  ): Promise<void> {
    const repository = this.world.require(name)
    await makeTag(repository.bare, {
      name: tag,
      target: target ?? `refs/heads/${repository.defaultBranch}`,
      ...(annotated && { message }),
      date: this.#nextDate(),
    })
    this.#pushed(repository)
  }

  async deleteTag(name: string, tag: string): Promise<void> {
    await this.#updateRef(name, ['-d', `refs/tags/${tag}`])
  }

  /** Makes a branch, or moves it, to a commit or another branch (default: the default branch). */
  async branch(name: string, branch: string, target?: string): Promise<void> {
    const { defaultBranch } = this.world.require(name)
    await this.#updateRef(name, [`refs/heads/${branch}`, target ?? `refs/heads/${defaultBranch}`])
  }

  async deleteBranch(name: string, branch: string): Promise<void> {
    await this.#updateRef(name, ['-d', `refs/heads/${branch}`])
  }

  /** Any ref by its full name, such as `refs/pull/1/head`. */
  async ref(name: string, ref: string, target: string): Promise<void> {
    await this.#updateRef(name, [ref, target])
  }

  async setDefaultBranch(name: string, branch: string): Promise<void> {
    await this.world.setDefaultBranch(name, branch)
  }

  /** The old name answers 301 from now on, until another repository takes it. */
  rename(from: string, to: string): Repository {
    return this.world.rename(from, to)
  }

  async remove(name: string): Promise<void> {
    await this.world.remove(name)
  }

  /** The commit that a branch, tag or other revision leads to. @throws Error where there is none. */
  async oid(name: string, revision = 'HEAD'): Promise<string> {
    const oid = await resolve(this.world.require(name).bare, `${revision}^{commit}`)
    if (oid === null) throw new Error(`${name} has no ${revision}`)
    return oid
  }

  /** Every ref, by its full name. */
  async refs(name: string): Promise<Record<string, string>> {
    const refs = await listRefs(this.world.require(name).bare, 'refs/')
    return Object.fromEntries(refs.map((ref) => [ref.name, ref.oid]))
  }

  async #updateRef(name: string, args: string[]): Promise<void> {
    const repository = this.world.require(name)
    await git(['update-ref', ...args], { dir: repository.bare })
    this.#pushed(repository)
  }

  #pushed(repository: Repository): void {
    repository.pushedAt = this.world.now()
  }

  #nextDate(): number {
    return firstDate + 60 * this.#commits++
  }
}
