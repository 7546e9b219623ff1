import fs from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as isomorphic from 'isomorphic-git'
import { GitHubError, WizardError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Git } from '../git.js'
import { openQuarantine } from '../plumbing/pack/incoming.js'
import { damaged, receivePack } from '../plumbing/pack/receive.js'
import { explainUnknown } from '../plumbing/protocol/request-pack.js'
import { readShallow } from '../repository/shallow.js'
import type { Engine, ObjectsRequest } from './engine.js'
import { openTransport, type Transport } from './isomorphic-transport.js'

/**
 * isomorphic-git as the engine. It fetches into a bare repository of its own, where nothing reads.
 * Its pack then passes the same checks as one from the network, and both must make the same index
 * of it, because isomorphic-git leaves out objects that it can't read.
 *
 * @throws GitHubError if the pack is larger than isomorphic-git can hold in memory
 */
export const fetchObjects: Engine = async (git, remote, request) => {
  const { dir, discard } = await openQuarantine(request.gitDir, git.liveness)
  const transport = openTransport(git, remote, request.wants)
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
const mostHaves = 256

/** An empty repository, except for the commits that the server will be told of. */
async function prepare(gitdir: string, { haves, store, shallow }: ObjectsRequest): Promise<void> {
  await isomorphic.init({ fs, gitdir, bare: true })
  // Only its refspec counts.
  await isomorphic.addRemote({ fs, gitdir, remote: 'origin', url: 'https://origin' })
  for (const [at, oid] of (await haves.next(mostHaves)).entries()) {
    const { data } = await store.read(oid)
    await isomorphic.writeObject({ fs, gitdir, type: 'commit', object: data })
    await isomorphic.writeRef({ fs, gitdir, ref: `refs/haves/${at}`, value: oid })
  }
  if (shallow.size > 0) await writeFile(join(gitdir, 'shallow'), `${[...shallow].join('\n')}\n`)
}

interface FetchedPack {
  chunks: AsyncIterable<Buffer>
  confirm(index: Buffer): void
}

async function fetchInto(
  gitdir: string,
  git: Git,
  transport: Transport,
  { depth }: ObjectsRequest,
): Promise<FetchedPack> {
  const { http, url, host } = transport
  const onProgress = async ({ phase, loaded, total }: isomorphic.GitProgressEvent) => {
    // isomorphic-git indexes without a pause in which a signal could arrive.
    await setImmediate()
    git.signal?.throwIfAborted()
    if (phase !== 'Receiving objects') return
    git.onProgress?.({ phase: 'indexing', bytes: transport.bytes, done: loaded, total })
  }
  const result: isomorphic.FetchResult & { packfile?: string } = await isomorphic
    .fetch({ fs, http, gitdir, url, remote: 'origin', ref: 'HEAD', depth, onProgress })
    .catch((error: unknown) => {
      throw explain(error, git, transport)
    })
  if (result.packfile === undefined) return { chunks: emptyPack(), confirm: () => undefined }
  const path = join(gitdir, result.packfile)
  const index = await readFile(path.replace(/\.pack$/, '.idx'))
  return {
    chunks: fs.createReadStream(path, { highWaterMark: pieceLength }),
    confirm(own) {
      if (!own.equals(index)) throw disagreement(host)
    },
  }
}

const pieceLength = 1 << 18

/** isomorphic-git stores no pack of no objects. */
async function* emptyPack(): AsyncGenerator<Buffer> {
  yield Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex')
}

/** Leaves our own errors and the system's as they are; a mishap in isomorphic-git gets a remedy. */
function explain(error: unknown, git: Git, { host, bytes }: Transport): unknown {
  const isOurs = error instanceof WizardError || git.signal?.aborted
  if (isOurs || !(error instanceof Error) || 'syscall' in error) return explainUnknown(error)
  const message = `isomorphic-git: ${oneLine(error.message)}`
  if (bytes > 0) return damaged(host, message, error)
  return new GitHubError(`${host}: ${message}`, { hint: otherEngine, cause: error })
}

const disagreement = (host: string) =>
  new GitHubError(`isomorphic-git and wizard find other objects in the pack from ${host}`, {
    hint: otherEngine,
  })

const otherEngine = 'nothing of it was kept; try `git.engine: wizard` in github.yaml'
