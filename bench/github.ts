import { randomBytes } from 'node:crypto'
import { cp, rm } from 'node:fs/promises'
import {
  type FaultHandle,
  type Files,
  gitText,
  type LocalGitHub,
  type ZipEntry,
} from 'local-github'
import { stringify } from 'yaml'
import { textFiles } from './corpus.js'

/** The local GitHub of a bench, in its own process, so that its work does not count. */
export class BenchGitHub {
  readonly #github: LocalGitHub
  #counted = 0
  #delay: FaultHandle | undefined

  constructor(github: LocalGitHub) {
    this.#github = github
  }

  addresses() {
    const { apiUrl, gitUrl, token } = this.#github
    return { apiUrl, gitUrl, token }
  }

  async addRepository(name: string, files: Files): Promise<void> {
    await this.#github.addRepository(name, { files })
    await this.repack(name)
  }

  /** Files of random bytes, which do not compress: their pack is as large as they are. */
  async addRandom(name: string, count: number, size: number): Promise<void> {
    await this.#github.addRepository(name, { empty: true })
    const atOnce = Math.max(1, Math.floor(1e8 / size))
    for (let at = 0; at < count; at += atOnce) {
      const here = Array.from({ length: Math.min(atOnce, count - at) }, (_, index) => at + index)
      const files = here.map((index) => [`part-${index % 10}/${index}`, randomBytes(size)] as const)
      await this.#github.commit(name, { files: Object.fromEntries(files) })
    }
    await this.repack(name, 0)
  }

  /** Objects of Git LFS, whose bytes the server makes while it sends them. */
  async addContent(name: string, count: number, size: number): Promise<void> {
    const files: Files = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' }
    await this.#github.addRepository(name, { files })
    for (let seed = 0; seed < count; seed++) {
      const { pointer } = await this.#github.addLfsObject(name, { seed, size })
      files[`part-${seed % 10}/${seed}.bin`] = pointer
    }
    await this.#github.commit(name, { files })
    await this.repack(name)
  }

  /** Copies of a repository, without the cost of making their commits. */
  async addCopies(of: string, names: string[], topics: string[] = []): Promise<void> {
    const { world } = this.#github
    const { bare } = world.require(of)
    for (const name of names) {
      const copy = await world.addRepository(name, { topics })
      await rm(copy.bare, { recursive: true })
      await cp(bare, copy.bare, { recursive: true })
    }
  }

  /** @returns the new commit of the default branch */
  commit(name: string, files: Files): Promise<string> {
    return this.#github.commit(name, { files })
  }

  /** The tip, and its ancestor this many first parents before, or the root if there are fewer. */
  async before(name: string, count: number): Promise<{ tip: string; earlier: string }> {
    const { bare, defaultBranch } = this.#github.world.require(name)
    const list = ['rev-list', '--first-parent', `--max-count=${count + 1}`, defaultBranch]
    const oids = (await gitText(list, { dir: bare })).split('\n')
    return { tip: oids[0] ?? '', earlier: oids.at(-1) ?? '' }
  }

  /** Moves the default branch. */
  async moveTo(name: string, oid: string): Promise<void> {
    const { defaultBranch } = this.#github.world.require(name)
    await this.#github.branch(name, defaultBranch, oid)
  }

  /**
   * Packs with deltas, as a server keeps a repository; otherwise the first clone would pay for it.
   */
  async repack(name: string, window = 50): Promise<void> {
    const { bare } = this.#github.world.require(name)
    await gitText(['repack', '-adfq', `--window=${window}`], { dir: bare })
    await gitText(['pack-refs', '--all'], { dir: bare })
  }

  /** Imports the branches and tags of a local repository, in the pack that a fetch makes. */
  async addImported(name: string, dir: string): Promise<void> {
    await this.#github.addRepository(name, { empty: true })
    await this.#github.importFrom(name, dir)
  }

  /** Adds an artifact to a run, with files of this many bytes. @returns the run's id */
  async addArtifact(name: string, artifact: string, count: number, size: number): Promise<number> {
    await this.#addWorkflow(name, 1)
    const run = await this.#github.actions.add(name, { workflow: 'build.yml' })
    this.#github.actions.finish(run)
    this.#github.actions.addArtifact(run, artifact, artifactFiles(count, size))
    return run.id
  }

  /** Starts a run that lasts until it is finished. @returns its id */
  async addRun(name: string, jobs: number): Promise<number> {
    await this.#addWorkflow(name, jobs)
    const run = await this.#github.actions.add(name, { workflow: 'build.yml' })
    this.#github.actions.start(run)
    return run.id
  }

  /** @returns the time by the clock of this machine */
  finishRun(name: string, id: number): number {
    const run = this.#github.actions.runs(name).find((one) => one.id === id)
    if (run === undefined) throw new Error(`${name} has no run ${id}`)
    this.#github.actions.finish(run)
    return Date.now()
  }

  /** An ended run of which some jobs failed, each with a log of so many lines. @returns its id */
  async addFailedRun(
    name: string,
    { jobs, failed, lines }: { jobs: number; failed: number; lines: number },
  ): Promise<number> {
    await this.#addWorkflow(name, jobs)
    const { actions } = this.#github
    const run = await actions.add(name, { workflow: 'build.yml' })
    const names = run.jobs.slice(0, failed).map((job) => job.name)
    const noise = Object.values(textFiles(100)).join('\n').split('\n')
    const text = Array.from({ length: lines }, (_, index) => noise[index % noise.length])
    const log = [...text, ' FAIL  a.test.ts > adds two', 'AssertionError: expected 3 to be 4']
      .concat(text.slice(0, 50), '##[error]Process completed with exit code 1.')
      .map((line) => `2026-01-14T10:00:00.0000000Z ${line}\n`)
      .join('')
    const logs = Object.fromEntries(run.jobs.map((job) => [job.name, log]))
    actions.finish(run, { conclusion: 'failure', jobs: names, logs })
    return run.id
  }

  async #addWorkflow(name: string, jobs: number): Promise<void> {
    if (this.#github.world.repository(name) !== undefined) return
    await this.#github.addRepository(name, { files: workflowFile(jobs) })
  }

  /** Releases without assets. @returns their upload addresses, by tag */
  async addReleases(name: string, tags: string[]): Promise<Record<string, string>> {
    const { apiUrl, token } = this.#github
    const addresses: Record<string, string> = {}
    for (const tag of tags) {
      const answer = await fetch(`${apiUrl}/repos/${name}/releases`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ tag_name: tag }),
      })
      const { upload_url: address } = (await answer.json()) as { upload_url: string }
      addresses[tag] = address.replace(/\{.*/, '')
    }
    return addresses
  }

  /** The number of requests with this in their path. */
  requestsOf(part: string): number {
    return this.#github.requests.filter(({ path }) => path.includes(part)).length
  }

  /** The number of requests since the last call. */
  requests(): number {
    const { length } = this.#github.requests
    const since = length - this.#counted
    this.#counted = length
    return since
  }

  /** Delays every answer by this many milliseconds from now on. */
  delay(milliseconds: number): void {
    this.#delay?.remove()
    this.#delay = milliseconds === 0 ? undefined : this.#github.fail({ delay: milliseconds })
  }
}

/** Text files with different content. */
function artifactFiles(count: number, size: number): ZipEntry[] {
  const corpus = Buffer.from(Object.values(textFiles(1000)).join(''))
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor(((corpus.length - size) / count) * index)
    return {
      name: `part-${index}.txt`,
      content: corpus.subarray(from, from + size),
      deflated: true,
    }
  })
}

function workflowFile(count: number): Files {
  const job = { 'runs-on': 'ubuntu-latest', steps: [{ run: 'make' }] }
  const jobs = Array.from({ length: count }, (_, at) => [`job-${at}`, job] as const)
  const workflow = { name: 'Build', on: 'push', jobs: Object.fromEntries(jobs) }
  return { '.github/workflows/build.yml': stringify(workflow) }
}
