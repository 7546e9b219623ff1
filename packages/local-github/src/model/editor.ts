import { resolve as resolvePath } from 'node:path'
import type { Generated } from '../content.js'
import { listRefs, resolve } from '../git/bare.js'
import { commitTree, makeCommit, makeTag } from '../git/commit.js'
import type { Files } from '../git/commit-request.js'
import { importFolder, importRepository, isRepository } from '../git/import.js'
import { type RawEntry, writeRawTree } from '../git/raw-tree.js'
import { git } from '../git/run.js'
import { watchRefs } from '../hooks/watch-refs.js'
import { addLfsObject, importLfsObjects, type LfsObject, removeLfsObject } from './lfs-objects.js'
import type { NewRepository, Repository } from './repository.js'
import type { World } from './world.js'

export interface SeededRepository extends NewRepository {
  /** The files of its first commit. Default: a README. */
  files?: Files
  /** Without a commit. */
  empty?: boolean
}

export interface Commit {
  /** Default: the default branch. */
  branch?: string
  files?: Files
  message?: string
  /** Default: Mona Lisa, who is always the committer. */
  author?: { name: string; email: string }
  /** The parent commit. Default: the branch's tip; null starts a new history. */
  parent?: string | null
  /** More parents, which make it a merge. */
  merge?: string[]
  /** Replaces the branch's tip, like a forced push of an amended commit; only without `parent`. */
  force?: boolean
}

const firstDate = Date.parse('2026-01-14T10:00:00Z') / 1000

/** What a test can do to a GitHub's repositories: directly in the bare ones, without network. */
export class Editor {
  readonly world: World
  #commits = 0

  constructor(world: World) {
    this.world = world
  }

  /** A new owner is created too, as an organization. */
  async addRepository(name: string, options: SeededRepository = {}): Promise<Repository> {
    const repository = await this.world.addRepository(name, options)
    const files = options.files ?? { 'README.md': `# ${repository.name}\n` }
    if (!options.empty) await this.commit(name, { files, message: 'Begin' })
    return repository
  }

  /**
   * Imports the branches and tags of a local repository, bare or not, its HEAD's branch, and the
   * objects that git-lfs keeps there. A folder that is not a repository is imported as one commit.
   *
   * @throws GitFailure if HEAD is not on a branch, and for git's other errors
   */
  async importFrom(name: string, path: string): Promise<void> {
    const dir = resolvePath(path)
    const repository = this.world.require(name)
    const { bare, defaultBranch: branch } = repository
    await this.#push(repository, async () => {
      if (await isRepository(dir)) {
        await this.world.setDefaultBranch(name, await importRepository(bare, dir))
        await importLfsObjects(repository, dir)
      } else {
        await importFolder(bare, dir, { branch, date: this.#nextDate() })
      }
    })
  }

  /** Adds a user, and the addresses that identify their commits. */
  addUser(login: string, ...emails: string[]): void {
    const account = this.world.addAccount(login, 'User')
    account.emails.push(...emails.map((email) => email.toLowerCase()))
  }

  /** Adds a commit to a branch. Each commit's date is a minute later than the one before. */
  async commit(name: string, commit: Commit = {}): Promise<string> {
    const repository = this.world.require(name)
    const { branch = repository.defaultBranch, files = {}, message = 'Change' } = commit
    const date = this.#nextDate()
    return this.#push(repository, () =>
      makeCommit(repository.bare, { ...commit, branch, files, message, date }),
    )
  }

  /**
   * Adds a commit whose tree has these raw entries, unchecked and in this order, as a hostile
   * server could send it.
   */
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

  /** Puts a tag on a commit (default: the tip of the default branch). An existing tag moves. */
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
    const date = this.#nextDate()
    await this.#push(repository, () =>
      makeTag(repository.bare, {
        name: tag,
        target: target ?? `refs/heads/${repository.defaultBranch}`,
        ...(annotated && { message }),
        date,
      }),
    )
  }

  async deleteTag(name: string, tag: string): Promise<void> {
    await this.#updateRef(name, ['-d', `refs/tags/${tag}`])
  }

  /** Creates or moves a branch, to a commit or another branch (default: the default branch). */
  async branch(name: string, branch: string, target?: string): Promise<void> {
    const { defaultBranch } = this.world.require(name)
    await this.#updateRef(name, [`refs/heads/${branch}`, target ?? `refs/heads/${defaultBranch}`])
  }

  async deleteBranch(name: string, branch: string): Promise<void> {
    await this.#updateRef(name, ['-d', `refs/heads/${branch}`])
  }

  /** Creates or moves any ref by its full name, such as `refs/pull/1/head`. */
  async ref(name: string, ref: string, target: string): Promise<void> {
    await this.#updateRef(name, [ref, target])
  }

  /**
   * Anything else that happens there: GitHub's webhooks get the event, with the repository, its
   * organization and a sender added.
   */
  happen(name: string, event: string, payload: Record<string, unknown> = {}): void {
    this.world.hooks.happened(this.world.require(name), event, payload)
  }

  /**
   * Adds what Git LFS keeps for a file: these bytes, or some of this size that a seed makes, which
   * take no space. The file itself is the pointer, for a commit to add.
   */
  addLfsObject(name: string, content: string | Buffer | Generated): Promise<LfsObject> {
    return addLfsObject(this.world.require(name), content)
  }

  /** From now on the object is missing, as one that was never pushed. */
  async removeLfsObject(name: string, oid: string): Promise<void> {
    await removeLfsObject(this.world.require(name), oid)
  }

  async setDefaultBranch(name: string, branch: string): Promise<void> {
    await this.world.setDefaultBranch(name, branch)
  }

  /** From now on the old name answers 301, until another repository takes it. */
  rename(from: string, to: string): Repository {
    return this.world.rename(from, to)
  }

  async remove(name: string): Promise<void> {
    await this.world.remove(name)
  }

  /** The commit that a branch, tag or other revision leads to. @throws Error if there is none */
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
    await this.#push(repository, () => git(['update-ref', ...args], { dir: repository.bare }))
  }

  async #push<T>(repository: Repository, act: () => Promise<T>): Promise<T> {
    const result = await watchRefs(this.world, repository, act)
    repository.pushedAt = this.world.now()
    return result
  }

  #nextDate(): number {
    return firstDate + 60 * this.#commits++
  }
}
