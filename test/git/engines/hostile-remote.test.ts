import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { GitHubError, GitHubNotFoundError } from '../../../src/base/errors.js'
import { cloneRepository } from '../../../src/git/porcelain/clone/clone.js'
import { pull } from '../../../src/git/porcelain/pull.js'
import { client, localGitHub, servedHistory, tokenFor } from '../support/client.js'
import { git, temporaryFolder } from '../support/real-git.js'
import {
  entryType,
  packBytes,
  packEntry,
  servePack,
  sideband,
  smallCommit,
} from '../support/served-pack.js'

const { commit, tree, blob, oid } = smallCommit('content')
const { ofsDelta, refDelta } = entryType
const [aCommit, aTree, aBlob] = [
  packEntry(entryType.commit, commit),
  packEntry(entryType.tree, tree),
  packEntry(entryType.blob, blob),
]
const whole = packBytes([aCommit, aTree, aBlob])
const flush = Buffer.from('0000')
function sent(pack: Buffer): Buffer {
  const packets: Buffer[] = []
  for (let at = 0; at < pack.length; at += 60_000) {
    packets.push(sideband(1, pack.subarray(at, at + 60_000)))
  }
  return Buffer.concat([...packets, flush])
}
const withDelta = (type: number, base: Buffer<ArrayBuffer>) =>
  packBytes([aCommit, aTree, aBlob, packEntry(type, Buffer.from([7, 1, 1, 65]), { base })])
const wrongSum = Buffer.concat([whole.subarray(0, -1), Buffer.from([(whole.at(-1) ?? 0) ^ 1])])

describe.each(['wizard', 'isomorphic-git'] as const)('%s', { tags: ['deep'] }, (engine) => {
  const clone = (url: string, dir: string) =>
    cloneRepository(client({ engine }), { url, dir, branches: 'one', ref: 'main' })

  test('a pack as it should be', async () => {
    const dir = join(temporaryFolder(), 'ours')
    await clone(await servePack(oid, sent(whole)), dir)
    expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('content')
    expect(git(dir, ['fsck', '--full', '--strict'])).toBe('')
  })

  test.each<[string, Buffer | (() => Iterable<Buffer>), RegExp]>([
    ['a pack that is cut, and ended in good order', sent(whole.subarray(0, -30)), /damaged pack/],
    ['a pack that is cut', sideband(1, whole.subarray(0, 50)), /cut short/],
    ['a pack of a few bytes', sent(whole.subarray(0, 8)), /cut short/],
    ['a pack with another checksum', sent(wrongSum), /its checksum is wrong/],
    ['a pack without the tree', sent(packBytes([aCommit, aBlob])), /object \w+ is missing/],
    ['another commit', sent(packBytes([aTree, aBlob])), /object \w+ is missing/],
    ['no objects', sent(packBytes([])), /object \w+ is missing/],
    [
      'a delta whose base nobody has',
      sent(withDelta(refDelta, Buffer.alloc(20, 1))),
      /lacks the base of 1/,
    ],
    // isomorphic-git would look for the base of the base, without end.
    ['a delta of itself', sent(withDelta(ofsDelta, Buffer.from([0]))), /its base is not an object/],
    [
      'a delta of what lies before the pack',
      sent(withDelta(ofsDelta, Buffer.from([0xff, 0x7f]))),
      /its base is not an object/,
    ],
    [
      'an object that is larger than it says',
      sent(packBytes([packEntry(entryType.blob, Buffer.alloc(1 << 26), { size: 5 })])),
      /damaged pack/,
    ],
    ['a band that is none', Buffer.concat([sideband(9, whole), flush]), /sends no pack/],
    ['its end before the pack', flush, /sends no pack/],
    [
      'an error behind half of it',
      Buffer.concat([sideband(1, whole.subarray(0, 50)), sideband(3, 'fatal: no')]),
      /fatal: no/,
    ],
    [
      'progress messages without end',
      function* () {
        for (let n = 0; n < 2000; n++) yield sideband(2, 'x'.repeat(60_000))
      },
      /keeps answering without sending the pack/,
    ],
  ])('%s', async (_, answer, message) => {
    const folder = temporaryFolder()
    const cloned = clone(await servePack(oid, answer), join(folder, 'ours'))
    await expect(cloned).rejects.toThrow(message)
    await expect(cloned).rejects.toThrow(GitHubError)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a commit that goes away between the requests', async () => {
    const github = await localGitHub()
    const { url, bare } = await servedHistory(github, 'uDOS/typo', { commits: 3, files: 2 })
    const dir = join(temporaryFolder(), 'ours')
    await clone(url, dir)
    const tip = git(dir, ['rev-parse', 'HEAD'])
    await github.commit('uDOS/typo', { files: { a: 'a' } })
    const rewound = github.fail({
      origin: 'git',
      asking: /want /,
      times: 1,
      meanwhile: () => {
        git(bare, ['update-ref', 'refs/heads/main', tip])
        git(bare, ['-c', 'gc.pruneExpire=now', 'prune', '--expire=now'])
      },
    })
    const request = { ref: 'main', pinned: false, onDiverged: 'block' } as const
    const pulled = pull(client({ engine }), { url, dir, ...request })
    await expect(pulled).rejects.toThrow(GitHubNotFoundError)
    expect(rewound.hits).toBe(1)
    expect(git(dir, ['rev-parse', 'HEAD', 'origin/main'])).toBe(`${tip}\n${tip}`)
  })

  test.each(['GET', 'POST'])(
    'a redirect of each %s to another host has no token',
    async (method) => {
      const asked: IncomingMessage[] = []
      const there = await servePack(oid, sent(whole), (request) => void asked.push(request))
      const known: IncomingMessage[] = []
      const here = await servePack(oid, sent(whole), (request) => void known.push(request))
      const front = createServer((request, response) => {
        const to = request.method === method ? there : here
        const { origin } = new URL(to)
        response.writeHead(307, { location: `${origin}${request.url}` }).end()
        known.push(request)
      })
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void front.close())
      const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
      const authorization = tokenFor(origin, 'ghp_sesame')
      const dir = join(temporaryFolder(), 'ours')
      const request = { url: `${origin}/uDOS/typo.git`, dir, branches: 'one', ref: 'main' } as const
      await cloneRepository(client({ engine, authorization }), request)
      expect(asked.length).toBeGreaterThan(0)
      expect(known.some(({ headers }) => headers.authorization !== undefined)).toBe(true)
      expect(asked.map(({ headers }) => headers.authorization)).toEqual(asked.map(() => undefined))
    },
  )
})

test('an object that is too large for isomorphic-git is refused', { tags: ['deep'] }, async () => {
  const large = packEntry(entryType.blob, Buffer.alloc(257 << 20))
  const url = await servePack(oid, sent(packBytes([aCommit, aTree, aBlob, large])))
  const dir = join(temporaryFolder(), 'ours')
  const git_ = client({ engine: 'isomorphic-git', stallTimeout: 30_000 })
  const cloned = cloneRepository(git_, { url, dir, branches: 'one', ref: 'main' })
  await expect(cloned).rejects.toThrow(/an object from .* exceeds the 256 MB/)
})
