import { expect, test } from 'vitest'
import { GitHubNetworkError } from '../../../../src/base/errors.js'
import { packOf } from '../../../../src/git/plumbing/protocol/pack-answer.js'
import { PacketReader, pktLine } from '../../../../src/git/plumbing/protocol/pkt-line.js'
import { testClock } from '../../../support/clock.js'

const host = 'git.example'

async function read(answer: AsyncIterable<Buffer>, clock = testClock(0)): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of packOf(new PacketReader(answer, host), { host, clock })) {
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

const progress = (text = '') => Buffer.from(pktLine(`\u0002${text}`))
const data = (text: string) => Buffer.from(pktLine(`\u0001${text}`))

test('a pack between progress messages, which may take their time', async () => {
  const clock = testClock(0)
  async function* answer() {
    for (const text of ['PA', 'CK']) {
      await clock.pass(9 * 60_000)
      yield progress('counting')
      yield data(text)
    }
    yield Buffer.from('0000')
  }
  expect(await read(answer(), clock)).toBe('PACK')
})

test('progress messages without end', async () => {
  async function* answer() {
    const packet = progress('x'.repeat(60_000))
    for (let sent = 0; sent < 2 ** 26; sent += packet.length) yield packet
  }
  await expect(read(answer())).rejects.toThrow(GitHubNetworkError)
  await expect(read(answer())).rejects.toThrow(
    'git.example keeps answering without sending the pack',
  )
})

test.each([
  ['progress messages', progress('counting')],
  // What upload-pack sends while it has nothing to say.
  ['empty packets', data('')],
])('%s for more than ten minutes', async (_, packet) => {
  const clock = testClock(0)
  async function* answer() {
    yield data('PACK')
    for (let sent = 0; sent < 500; sent++) {
      await clock.pass(5_000)
      yield packet
    }
  }
  await expect(read(answer(), clock)).rejects.toThrow(GitHubNetworkError)
  expect(clock.now()).toBeLessThan(11 * 60_000)
})
