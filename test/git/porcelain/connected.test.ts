import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openObjectStore } from '../../../src/git/plumbing/objects/store.js'
import { isConnected } from '../../../src/git/porcelain/fetch/download.js'
import { git, temporaryFolder } from '../support/real-git.js'

const tenDays = 864_000

/** A commit a mark, each ten days after the one before; `main` merges a branch off an old commit. */
function history(): { dir: string; at(name: string): string; lose(name: string): void } {
  const dir = temporaryFolder()
  git(dir, ['init', '--bare', '--quiet'])
  const commits = ['main 1', 'main 2 1', 'main 3 2', 'main 4 3', 'topic 5 2', 'next 6 4 5']
  const parts = commits.map((line) => {
    const [branch, mark, ...parents] = line.split(' ')
    const [from, merge] = parents.map((parent) => `:${parent}\n`)
    const time = 1_600_000_000 + Number(mark) * tenDays
    return [
      `commit refs/heads/${branch}\nmark :${mark}\ncommitter C <c@x> ${time} +0000\ndata 1\n${mark}\n`,
      from === undefined ? '' : `from ${from}`,
      merge === undefined ? '' : `merge ${merge}`,
      `M 100644 inline file-${mark}\ndata 1\n${mark}\n`,
    ].join('')
  })
  // So few objects stay loose: each is a file, which can be lost.
  git(dir, ['fast-import', '--quiet', '--force'], { input: parts.join('') })
  const at = (name: string) => git(dir, ['rev-parse', name])
  const lose = (name: string) => {
    const oid = at(name)
    rmSync(join(dir, 'objects', oid.slice(0, 2), oid.slice(2)))
  }
  return { dir, at, lose }
}

async function isWhole(dir: string, commit: string, whole: string[]): Promise<boolean> {
  const store = await openObjectStore(dir)
  onTestFinished(() => store.close())
  return isConnected(store, commit, new Set(whole), new Set())
}

describe('a merge of an old branch', () => {
  test('is whole without a walk of the history below what refs name', async () => {
    const { dir, at, lose } = history()
    const [next, main] = [at('next'), at('main')]
    lose('main~3')
    expect(await isWhole(dir, next, [main])).toBe(true)
  })

  test.each(['topic', 'next', 'next^{tree}', 'next:file-3'])('is not without %s', async (name) => {
    const { dir, at, lose } = history()
    const [next, main] = [at('next'), at('main')]
    lose(name)
    expect(await isWhole(dir, next, [main])).toBe(false)
  })

  test('is not when no ref names history, and some is lost', async () => {
    const { dir, at, lose } = history()
    const next = at('next')
    lose('main~2')
    expect(await isWhole(dir, next, [])).toBe(false)
  })
})
