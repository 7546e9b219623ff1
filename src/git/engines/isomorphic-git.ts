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
import { damaged, receivePack } from '../plumbing/pack/receive.js'
import { explainUnknown } from '../plumbing/protocol/request-pack.js'
import { readShallow } from '../repository/shallow.js'
import type { GitEngine, ObjectsRequest } from './engine.js'
import { IsomorphicTransport } from './isomorphic-transport.js'

/**
 * isomorphic-git as the engine. It fetches into a bare repository of its own, where nothing reads.
 * Its pack then passes the same checks as one from the network, and both must make the same index
 * of it, because isomorphic-git leaves out objects that it can't read.
 *
 * @throws GitHubError if the pack is larger than isomorphic-git can hold in memory
 */
export const isomorphicEngine: GitEngine = async (git, remote, request) => {
  const { dir, discard } = await openQuarantine(request.gitDir, git.liveness)
  const transport = new IsomorphicTransport(git, { remote, wants: request.wants })
  try {
    await prepare(dir, request)
    const pack = await fetchInto(dir, git, transport, request)
    const shallow = await readShallow(dir)
    const { gitDir, store, wants } = request
    const taken = { gitDir, store, wanted: wants, shallow, host: transport.host }
    const received = await receivePack({ ...git, onProgress: undefined }, { ...taken, ...pack })
    return { ...received, shallow }
  } finally {
    await transport.close()
    await discard()
  }
}

/**
 * The most local commits to announce. isomorphic-git announces what its refs name, all in one
 * round.
 */
const most = { tips: 192, before: 64 }

/** A bare repository without objects, except for the commits that are announced. */
async function prepare(gitdir: string, { haves, store, shallow }: ObjectsRequest): Promise<void> {
  for (const folder of ['objects/pack', 'refs/haves']) {
    await mkdir(join(gitdir, folder), { recursive: true })
  }
  const refspec = '+refs/heads/*:refs/remotes/origin/*'
  await writeFile(join(gitdir, 'config'), `[remote "origin"]\n\tfetch = ${refspec}\n`)
  if (shallow.size > 0) await writeFile(join(gitdir, 'shallow'), `${[...shallow].join('\n')}\n`)
  const tips = haves.tips().slice(0, most.tips)
  for (const oid of new Set([...tips, ...(await haves.next(most.before))])) {
    await writeLoose(join(gitdir, 'objects'), oid, await store.read(oid))
    await writeFile(join(gitdir, 'refs/haves', oid), `${oid}\n`)
  }
}

async function writeLoose(objects: string, oid: Oid, { type, data }: GitObject): Promise<void> {
  const path = loosePath(objects, oid)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, deflateSync(Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data])))
}

interface FetchedPack {
  chunks: AsyncIterable<Buffer>
  confirm(index: Buffer): void
}

async function fetchInto(
  gitdir: string,
  git: Git,
  transport: IsomorphicTransport,
  { depth }: ObjectsRequest,
): Promise<FetchedPack> {
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
    throw explain(error, git, transport)
  })
  if (result.packfile === undefined) return { chunks: emptyPack(), confirm: () => undefined }
  const path = join(gitdir, result.packfile)
  const index = await readFile(path.replace(/\.pack$/, '.idx'))
  return {
    chunks: piecesOf(path),
    confirm(own) {
      if (!own.equals(index)) throw disagreement(host)
    },
  }
}

/** Opens the file when it is read. */
async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  yield* fs.createReadStream(path, { highWaterMark: 1 << 18 })
}

/** isomorphic-git stores no pack of no objects. */
async function* emptyPack(): AsyncGenerator<Buffer> {
  yield Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex')
}

/** Leaves our own errors and the system's as they are; a mishap in isomorphic-git gets a remedy. */
function explain(error: unknown, git: Git, { host, bytes }: IsomorphicTransport): unknown {
  if (error instanceof WizardError || git.signal?.aborted) return explainUnknown(error)
  if (!(error instanceof Error) || isOfSystem(error)) return error
  const message = `isomorphic-git: ${oneLine(error.message)}`
  if (bytes > 0) return damaged(host, message, error)
  return new GitHubError(`${host}: ${message}`, { hint: otherEngine, cause: error })
}

/** Such as ENOSPC; a mistake of the program has a code like ERR_OUT_OF_RANGE. */
const isOfSystem = (error: unknown) => /^E[A-Z\d]+$/.test(codeOf(error))

const disagreement = (host: string) =>
  new GitHubError(`isomorphic-git and wizard find other objects in the pack from ${host}`, {
    hint: otherEngine,
  })

const otherEngine = 'nothing of it was kept; try `git.engine: wizard` in github.yaml'
