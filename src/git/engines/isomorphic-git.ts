import fs from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { deflateSync } from 'node:zlib'
import { type FetchResult, fetch, type GitProgressEvent } from 'isomorphic-git'
import { GitHubError, WizardError } from '../../base/errors.js'
import { codeOf } from '../../base/fs/read.js'
import { oneLine } from '../../base/text.js'
import type { Git } from '../git.js'
import type { GitObject, Oid } from '../plumbing/objects/object.js'
import { loosePath } from '../plumbing/objects/store.js'
import { openQuarantine } from '../plumbing/pack/incoming.js'
import { type CheckedPack, checkPack } from '../plumbing/pack/receive.js'
import { borderAfter, type PackAnswer } from '../plumbing/protocol/pack-answer.js'
import type { Remote } from '../plumbing/protocol/remote-refs.js'
import { explainUnknown } from '../plumbing/protocol/request-pack.js'
import type { FetchedObjects, GitEngine, ObjectsRequest } from './engine.js'
import { IsomorphicTransport, mostData, mostInMemory, tooLarge } from './isomorphic-transport.js'

/**
 * isomorphic-git as the engine. It fetches into a bare repository of its own, where nothing reads.
 * Before it sees the pack, that has passed the same checks as for the other engine, and both must
 * make the same index of it, because isomorphic-git leaves out objects that it can't read.
 *
 * @throws GitHubError if the pack is larger than isomorphic-git can hold in memory
 */
export const isomorphicEngine: GitEngine = async (git, remote, request) => {
  const { dir, discard } = await openQuarantine(request.gitDir, git.liveness)
  const arrival = new Arrival(git, remote, request)
  const check = (answer: PackAnswer) => arrival.check(answer)
  const transport = new IsomorphicTransport(git, { remote, wants: request.wants, check })
  try {
    await prepareRepository(dir, request)
    return await arrival.publish(await fetchInto(dir, git, transport, request))
  } finally {
    await transport.close()
    await arrival.discard()
    await discard()
  }
}

/** A pack that wizard has checked, and that waits for isomorphic-git's index of it. */
class Arrival {
  readonly #git: Git
  readonly #request: ObjectsRequest
  readonly #host: string
  #pack: CheckedPack | null = null
  #shallow = new Set<Oid>()

  constructor(git: Git, { url }: Remote, request: ObjectsRequest) {
    this.#git = git
    this.#request = request
    this.#host = new URL(url).host
  }

  /** @throws as `checkPack`; GitHubError for an object that isomorphic-git can't hold in memory */
  async check(answer: PackAnswer): Promise<AsyncIterable<Buffer>> {
    const { gitDir, store, wants } = this.#request
    const [host, shallow] = [this.#host, borderAfter(this.#request.shallow, answer)]
    const taken = { gitDir, store, wanted: wants, shallow, host, chunks: answer.chunks }
    const pack = await checkPack({ ...this.#git, onProgress: undefined }, taken)
    this.#pack = pack
    this.#shallow = shallow
    if (pack.largest > mostInMemory) throw tooLarge(`an object from ${host}`, mostInMemory)
    return piecesOf(pack.path)
  }

  /**
   * @param index isomorphic-git's; null: it found no objects
   * @throws GitHubError if wizard's index is another
   */
  async publish(index: Buffer | null): Promise<FetchedObjects> {
    const pack = this.#pack
    const isSame = pack !== null && (index === null ? pack.count === 0 : index.equals(pack.index))
    if (!isSame) throw disagreement(this.#host)
    return { ...(await pack.publish()), shallow: this.#shallow }
  }

  async discard(): Promise<void> {
    await this.#pack?.discard()
  }
}

/**
 * The most local commits to announce. isomorphic-git announces what its refs name, all in one
 * round.
 */
const mostHaves = { tips: 192, before: 64 }

/** A bare repository without objects, except for the commits that are announced. */
async function prepareRepository(
  gitdir: string,
  { haves, store, shallow }: ObjectsRequest,
): Promise<void> {
  for (const folder of ['objects/pack', 'refs/haves']) {
    await mkdir(join(gitdir, folder), { recursive: true })
  }
  const refspec = '+refs/heads/*:refs/remotes/origin/*'
  await writeFile(join(gitdir, 'config'), `[remote "origin"]\n\tfetch = ${refspec}\n`)
  if (shallow.size > 0) await writeFile(join(gitdir, 'shallow'), `${[...shallow].join('\n')}\n`)
  const tips = haves.tips().slice(0, mostHaves.tips)
  for (const oid of new Set([...tips, ...(await haves.next(mostHaves.before))])) {
    await writeLoose(join(gitdir, 'objects'), oid, await store.read(oid))
    await writeFile(join(gitdir, 'refs/haves', oid), `${oid}\n`)
  }
}

async function writeLoose(objects: string, oid: Oid, { type, data }: GitObject): Promise<void> {
  const path = loosePath(objects, oid)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, deflateSync(Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data])))
}

/** @returns the index of the pack that it stored; null: it stored none */
async function fetchInto(
  gitdir: string,
  git: Git,
  transport: IsomorphicTransport,
  { depth }: ObjectsRequest,
): Promise<Buffer | null> {
  const { http, url, host } = transport
  const onProgress = async ({ phase, loaded, total }: GitProgressEvent) => {
    // isomorphic-git indexes without a pause in which a signal could arrive.
    await setImmediate()
    git.signal?.throwIfAborted()
    if (phase !== 'Receiving objects') return
    git.onProgress?.({ phase: 'indexing', bytes: transport.bytes, done: loaded, total })
  }
  const result: FetchResult & { packfile?: string } = await fetch({
    fs,
    http,
    gitdir,
    url,
    remote: 'origin',
    ref: 'HEAD',
    depth,
    onProgress,
  }).catch((error: unknown) => {
    throw explain(error, git, host)
  })
  if (result.packfile === undefined) return null
  return readFile(join(gitdir, result.packfile).replace(/\.pack$/, '.idx'))
}

/** Opens the file when it is read. */
async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  yield* fs.createReadStream(path, { highWaterMark: mostData })
}

/** Leaves our own errors and the system's as they are; a mishap in isomorphic-git gets a remedy. */
function explain(error: unknown, git: Git, host: string): unknown {
  if (error instanceof WizardError || git.signal?.aborted) return explainUnknown(error)
  if (!(error instanceof Error) || isOfSystem(error)) return error
  const message = `${host}: isomorphic-git: ${oneLine(error.message)}`
  return new GitHubError(message, { hint: otherEngine, cause: error })
}

/** Such as ENOSPC; a mistake of the program has a code like ERR_OUT_OF_RANGE. */
const isOfSystem = (error: unknown) => /^E[A-Z\d]+$/.test(codeOf(error))

const disagreement = (host: string) =>
  new GitHubError(`isomorphic-git and wizard find different objects in the pack from ${host}`, {
    hint: otherEngine,
  })

const otherEngine = 'the pack was not kept; try `git.engine: wizard` in github.yaml'
