import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, rm } from 'node:fs/promises'
import {
  type FaultHandle,
  type Files,
  gitText,
  type LocalGitHub,
  startLocalGitHub,
} from '../test/support/github/index.js'
import { textFiles } from './corpus.js'

/** What a bench asks of the GitHub it measures against, which is a process of its own: its work is nobody's. */
class BenchGitHub {
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

  /** Repositories that are as another one, without the cost of making their commits. */
  async addCopies(of: string, names: string[]): Promise<void> {
    const { world } = this.#github
    const { bare } = world.require(of)
    for (const name of names) {
      const copy = await world.addRepository(name)
      await rm(copy.bare, { recursive: true })
      await cp(bare, copy.bare, { recursive: true })
    }
  }

  /** @returns the commit, which the default branch is now at */
  commit(name: string, files: Files): Promise<string> {
    return this.#github.commit(name, { files })
  }

  /** Moves the default branch. */
  async moveTo(name: string, oid: string): Promise<void> {
    const { defaultBranch } = this.#github.world.require(name)
    await this.#github.branch(name, defaultBranch, oid)
  }

  /** One pack with deltas, as a server keeps a repository; else the first clone would pay for it. */
  async repack(name: string): Promise<void> {
    const { bare } = this.#github.world.require(name)
    await gitText(['repack', '-adfq', '--window=50'], { dir: bare })
    await gitText(['pack-refs', '--all'], { dir: bare })
  }

  /** The branches and tags of a repository on this machine, bare or not. */
  async addImported(name: string, dir: string): Promise<void> {
    await this.#github.addRepository(name, { empty: true })
    await this.#github.importFrom(name, dir)
    await this.repack(name)
  }

  /** A run's, of that many files of 1 MB. @returns the run's id */
  async addArtifact(name: string, artifact: string, count: number): Promise<number> {
    const workflow = '.github/workflows/build.yml'
    const content = 'name: Build\non: push\njobs: { build: { steps: [{ run: make }] } }\n'
    await this.#github.addRepository(name, { files: { [workflow]: content } })
    const run = await this.#github.actions.add(name, { workflow: 'build.yml' })
    this.#github.actions.finish(run)
    const corpus = Buffer.from(Object.values(textFiles(1000)).join(''))
    const files = Array.from({ length: count }, (_, index) => {
      const from = Math.floor(((corpus.length - 1e6) / count) * index)
      return {
        name: `part-${index}.txt`,
        content: corpus.subarray(from, from + 1e6),
        deflated: true,
      }
    })
    this.#github.actions.addArtifact(run, artifact, files)
    return run.id
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

  /** Requests of all kinds since this was last asked. */
  requests(): number {
    const { length } = this.#github.requests
    const since = length - this.#counted
    this.#counted = length
    return since
  }

  /** Milliseconds that each request waits for its answer, from now on. */
  delay(milliseconds: number): void {
    this.#delay?.remove()
    this.#delay = milliseconds === 0 ? undefined : this.#github.fail({ delay: milliseconds })
  }
}

/** The same from another process, one call at a time. */
export type RemoteGitHub = {
  [K in keyof BenchGitHub]: (
    ...given: Parameters<BenchGitHub[K]>
  ) => Promise<Awaited<ReturnType<BenchGitHub[K]>>>
}

interface Call {
  name: keyof BenchGitHub
  given: unknown[]
}

type Answer = { value: unknown } | { error: string }

/** The word that makes `bench/index.ts` the server rather than a bench. */
export const serverWord = 'local-github'

/** The server's process: does what it is called for, until its parent goes. */
export async function serveCalls(): Promise<void> {
  const local = await startLocalGitHub()
  const github = new BenchGitHub(local)
  const reply = (answer: Answer) => process.send?.(answer)
  process.on('message', async ({ name, given }: Call) => {
    try {
      const deed = github[name] as (...given: unknown[]) => unknown
      reply({ value: await deed.apply(github, given) })
    } catch (error) {
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  await once(process, 'disconnect')
  await local.close()
}

/** Starts it; it ends with this process, or when `stop` is called. */
export function startBenchGitHub(): { github: RemoteGitHub; stop(): Promise<void> } {
  const child = fork(process.argv[1] ?? '', [serverWord], { serialization: 'advanced' })
  const exit = once(child, 'exit')
  const call = async (name: keyof BenchGitHub, given: unknown[]) => {
    child.send({ name, given })
    const answer = await Promise.race([once(child, 'message'), exit])
    return valueIn(answer[0])
  }
  const get =
    (_: unknown, name: keyof BenchGitHub) =>
    (...given: unknown[]) =>
      call(name, given)
  return {
    github: new Proxy({}, { get }) as RemoteGitHub,
    async stop() {
      child.disconnect()
      await exit
    },
  }
}

function valueIn(answer: Answer | number | null): unknown {
  if (typeof answer !== 'object' || answer === null) throw new Error('the local GitHub has ended')
  if ('error' in answer) throw new Error(answer.error)
  return answer.value
}
