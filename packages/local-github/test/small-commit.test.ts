import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initBare } from '../src/git/bare.js'
import { fastImport } from '../src/git/commit.js'
import type { CommitRequest, FileContent, Files } from '../src/git/commit-request.js'
import { git, gitText } from '../src/git/run.js'
import { makeSmallCommit } from '../src/git/small-commit.js'

let folder: string
let [small, oracle] = ['', '']
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'small-commit-'))
  ;[small, oracle] = [join(folder, 'small'), join(folder, 'oracle')]
  for (const bare of [small, oracle]) await initBare(bare, 'main')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Numerical Recipes' generator: the same sequence for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const names = ['a', 'a.b', 'a-b', 'ab', 'é', 'z']

function randomFiles(random: (below: number) => number): Files {
  const name = () => names[random(names.length)] as string
  const files: Files = {}
  for (let count = random(4); count >= 0; count--) {
    const path = Array.from({ length: 1 + random(3) }, name).join('/')
    const clash = Object.keys(files).some(
      (other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
    )
    if (!clash) files[path] = randomContent(random)
  }
  return files
}

function randomContent(random: (below: number) => number): FileContent | null {
  const content = `${random(1000)}\n`
  const kinds = [
    null,
    content,
    Buffer.from([0, 255, random(256)]),
    { content, mode: '100755' as const },
    { symlink: content },
    { gitlink: '1'.repeat(40) },
  ]
  return kinds[random(kinds.length)] as FileContent | null
}

describe('makeSmallCommit', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'makes the commits that git makes: seed %i',
    { tags: ['deep'] },
    async (seed) => {
      const random = randomOf(seed)
      let parent: string | null = null
      for (let number = 0; number < 8; number++) {
        const request: CommitRequest = {
          branch: `topic/${seed}`,
          files: randomFiles(random),
          message: `Change ${number}\n\nwith a body, without a newline`,
          date: 1_768_384_800 + number,
          ...(random(2) === 0 ? {} : { author: { name: 'É Á', email: 'e@example.com' } }),
        }
        const expected: string = await fastImport(oracle, request, parent)
        expect(await makeSmallCommit(small, request, parent), JSON.stringify(request)).toBe(
          expected,
        )
        parent = expected
      }
      expect(await gitText(['rev-parse', `topic/${seed}`], { dir: small })).toBe(parent)
      await git(['fsck', '--strict'], { dir: small })
    },
  )

  it.each([['.git/config'], ['a/../b'], ['a\\b'], ['GIT~1/x'], ['a//b'], ['a"b']])(
    'leaves %s to git',
    async (path) => {
      const request = { branch: 'main', files: { [path]: 'x' }, message: 'm', date: 1 }
      expect(await makeSmallCommit(small, request, null)).toBeNull()
    },
  )

  it('leaves a tree in a pack to git', async () => {
    const bare = join(folder, 'packed')
    await initBare(bare, 'main')
    const request = { branch: 'main', files: { 'a/b': 'x' }, message: 'm', date: 1 }
    const parent = await makeSmallCommit(bare, request, null)
    await git(['repack', '-adq'], { dir: bare })
    expect(parent).not.toBeNull()
    expect(await makeSmallCommit(bare, { ...request, files: { 'a/c': 'x' } }, parent)).toBeNull()
  })
})
