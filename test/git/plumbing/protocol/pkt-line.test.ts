import { expect, test } from 'vitest'
import { GitHubError } from '../../../../src/base/errors.js'
import { PacketReader, pktLine } from '../../../../src/git/plumbing/protocol/pkt-line.js'

test('a server that lists refs without end is stopped, and let go', async () => {
  let closed = false
  async function* endless() {
    const packet = Buffer.from(pktLine(`${'0'.repeat(40)} refs/heads/${'x'.repeat(60_000)}\n`))
    try {
      for (let sent = 0; sent < 2 ** 30; sent += packet.length) yield packet
    } finally {
      closed = true
    }
  }
  const packets = new PacketReader(endless(), 'git.example')
  const all = async () => {
    while ((await packets.line()) !== null);
  }
  await expect(all()).rejects.toThrow(GitHubError)
  await expect(all()).rejects.toThrow('git.example lists more refs than fit into memory')
  await packets.close()
  expect(closed).toBe(true)
})

test('a server that ends a section without end is stopped', { tags: ['deep'] }, async () => {
  async function* endless() {
    const packets = Buffer.from('0001'.repeat(1 << 14))
    for (let sent = 0; sent < 2 ** 28; sent += packets.length) yield packets
  }
  const packets = new PacketReader(endless(), 'git.example')
  const all = async () => {
    while ((await packets.line()) !== null);
  }
  await expect(all()).rejects.toThrow(GitHubError)
})
