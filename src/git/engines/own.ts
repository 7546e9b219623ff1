import { receivePack } from '../plumbing/pack/receive.js'
import { borderAfter } from '../plumbing/protocol/pack-answer.js'
import { requestPack } from '../plumbing/protocol/request-pack.js'
import type { GitEngine } from './engine.js'

/** wizard's own engine: a pack of any size goes to the disk as it arrives. */
export const ownEngine: GitEngine = (git, remote, request) => {
  const { gitDir, store, wants } = request
  const host = new URL(remote.url).host
  return requestPack(git, remote, request, async (answer) => {
    const shallow = borderAfter(request.shallow, answer)
    const { chunks } = answer
    const received = await receivePack(git, { gitDir, chunks, host, store, wanted: wants, shallow })
    return { ...received, shallow }
  })
}
