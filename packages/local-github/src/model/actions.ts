import { createHash } from 'node:crypto'
import { resolveCommit } from '../git/read.js'
import { type ZipEntry, zip } from '../zip.js'
import type { Repository } from './repository.js'
import {
  type Artifact,
  addRun,
  finishRun,
  holdRun,
  queueRun,
  type Rerun,
  type Run,
  type RunEnd,
  rerun,
  startRun,
} from './runs.js'
import { findWorkflow } from './workflows.js'
import type { World } from './world.js'

export interface AddedRun {
  /** File name, path or id. */
  workflow: string
  /** Default: `push`. */
  event?: string
  /** Default: the default branch. */
  branch?: string
  title?: string
  /** A login; default: the viewer. */
  actor?: string
}

export interface StoredFile {
  content: Buffer
  /** Its media type. */
  type: string
  fileName: string
}

/**
 * What a test can do to workflow runs. They do not move on by themselves, unless `finishAfter` was
 * called.
 */
export class Actions {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Adds a queued run. @throws Error if the workflow or the branch does not exist */
  async add(
    name: string,
    { workflow: key, branch, event = 'push', title, actor: login }: AddedRun,
  ): Promise<Run> {
    const repository = this.#world.require(name)
    const workflow = await findWorkflow(this.#world, repository, key)
    const on = branch ?? repository.defaultBranch
    const sha = await resolveCommit(repository.bare, on)
    if (!workflow || sha === null) throw new Error(`${name} has no ${key} on ${on}`)
    const actor = login === undefined ? undefined : this.#world.addAccount(login, 'User')
    return addRun(this.#world, repository, { workflow, event, branch: on, sha, title, actor })
  }

  /** Newest first. */
  runs(name: string): Run[] {
    return this.#world.require(name).runs
  }

  start(run: Run): void {
    startRun(this.#world, run)
  }

  /** The run waits for an approval. */
  hold(run: Run): void {
    holdRun(this.#world, run)
  }

  /** The run waits in a concurrency group that another one holds. */
  queueBehind(run: Run, holder: Run, group: string): void {
    queueRun(this.#world, run, holder, group)
  }

  finish(run: Run, end?: RunEnd): void {
    finishRun(this.#world, run, end)
  }

  /**
   * From now on each answer moves its runs on: the first one shows a run as queued, later ones as
   * in progress, and after this many answers it has ended. So runs need no clock.
   */
  finishAfter(answers: number, end?: RunEnd): void {
    const seen = new WeakMap<Run, { attempt: number; answers: number }>()
    this.#world.onShown = (run) => {
      if (run.status === 'completed') return
      const before = seen.get(run)
      const count = before?.attempt === run.attempt ? before.answers + 1 : 1
      seen.set(run, { attempt: run.attempt, answers: count })
      if (count >= answers) finishRun(this.#world, run, end)
      else startRun(this.#world, run)
    }
  }

  /** Called with each run that an answer has shown, and may move it on. */
  onShown(move: (run: Run) => void): void {
    this.#world.onShown = move
  }

  /** Starts another attempt of an ended run, as its page does. */
  rerun(run: Run, which?: Rerun): void {
    rerun(this.#world, run, which)
  }

  /** Adds an artifact with these entries, whose names may be hostile. */
  addArtifact(run: Run, name: string, entries: ZipEntry[]): Artifact {
    const stored = { content: zip(entries), type: 'application/zip', fileName: `${name}.zip` }
    return this.addFileArtifact(run, name, stored)
  }

  /**
   * Adds an artifact that is one file as it was uploaded, as `archive: false` of upload-artifact 7
   * does: https://github.com/actions/upload-artifact
   */
  addFileArtifact(run: Run, name: string, { content, type, fileName }: StoredFile): Artifact {
    const id = this.#world.nextId()
    const artifact: Artifact = {
      id,
      nodeId: this.#world.nodeId('A', id),
      name,
      archive: content,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      type,
      fileName,
      expired: false,
      createdAt: this.#world.now(),
    }
    run.artifacts.push(artifact)
    return artifact
  }

  /** Called with each run that a dispatch creates. The dispatch waits for it before it answers. */
  onDispatch(move: (run: Run, repository: Repository) => unknown): void {
    this.#world.onDispatch = move
  }
}
