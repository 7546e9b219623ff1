import { receivePack } from '../plumbing/pack/receive.js'
import { requestPack } from '../plumbing/protocol/request-pack.js'
import type { GitEngine } from './engine.js'

/** wizard's own engine: a pack of any size goes to the disk as it arrives. */
export const ownEngine: GitEngine = (git, remote, request) => {
  const { gitDir, store, wants, shallow: before } = request
  return requestPack(git, remote, request, async ({ chunks, shallow, unshallow }) => {
    const border = new Set([...before, ...shallow])
    for (const oid of unshallow) border.delete(oid)
    const host = new URL(remote.url).host
    const receive = { gitDir, chunks, host, store, wanted: wants, shallow: border }
    return { ...(await receivePack(git, receive)), shallow: border }
  })
}
