import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConflictError } from '../../../../src/base/errors.js'
import { BlockedError } from '../../../../src/git/errors.js'
import { fastForward } from '../../../../src/git/worktree/move/move-tree.js'
import { recover } from '../../../../src/git/worktree/move/recover.js'
import { inShell } from '../../../support/shell.js'
import { runWithFailure } from '../../support/dying.js'
import { at } from '../../support/edits.js'
import {
  as,
  copyOf,
  endOf,
  expectAllBut,
  expectAt,
  expectSettled,
  forward,
  head,
  leafIn,
  message,
  type Place,
  porcelain,
  stepsOf,
  twoEnds,
} from '../../support/moves.js'
import { git, temporaryFolder } from '../../support/real-git.js'
import { placeOf } from '../../support/repository.js'
import { snapshot } from '../../support/snapshot.js'
import { addCommit } from '../../support/trees.js'

describe('a fast-forward that fails', { tags: ['deep'], timeout: 90_000 }, () => {
  test('at any step is taken back', async () => {
    const ends = twoEnds(3)
    const steps = await stepsOf(ends)
    let failures = 0
    for (let n = 1; n <= steps; n++) {
      const place = await copyOf(ends.base)
      const error = await runWithFailure(n, () => forward(place, ends))
      if (error === null) continue
      failures++
      const end = endOf(place, ends)
      expect(snapshot(place.dir, { withGit: false })).toEqual(ends.trees[end])
      await recover({ ...place, liveness: as('second') })
      expectAt(place, ends, end)
    }
    expect(failures).toBeGreaterThan(20)
  })

  /** A history in which one file is only edited, and one is new at the top. */
  const seed = 2
  test('on a full disk is taken back, and told', async (context) => {
    const dir = temporaryFolder()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]).status === 0
    if (!mounted) return context.skip('no file system can be mounted here')
    try {
      git(dir, ['init', '--quiet', '--initial-branch=main', '--template='])
      git(dir, ['commit', '--quiet', '--allow-empty', '-m', 'empty'])
      const from = addCommit(dir, new Map([['a', { mode: '100644', content: 'small' }]]), 1)
      git(dir, ['reset', '--quiet', '--hard'])
      const large = { mode: '100644', content: 'large\n'.repeat(300_000) } as const
      const to = addCommit(dir, new Map([['a', large]]), 2)
      git(dir, ['update-ref', 'refs/heads/main', from])
      const place = await placeOf(dir)
      const was = snapshot(dir)
      const move = fastForward({ ...place, branch: 'main', from, to, message })
      await expect(move).rejects.toThrow(/no space is left on the disk/)
      expect(snapshot(dir)).toEqual(was)
      expect(await recover({ ...place, liveness: as('second') })).toBe('none')
    } finally {
      inShell(['umount', '-l', dir])
    }
  })

  test('where a folder is another disk is taken back, and told', async (context) => {
    const dir = temporaryFolder()
    git(dir, ['init', '--quiet', '--initial-branch=main'])
    git(dir, ['commit', '--quiet', '--allow-empty', '-m', 'empty'])
    const file = (content: string) => ({ mode: '100644', content }) as const
    const from = addCommit(dir, new Map([['a', file('1')]]), 1)
    git(dir, ['reset', '--quiet', '--hard'])
    const to = addCommit(
      dir,
      new Map([
        ['a', file('2')],
        ['disk/b', file('2')],
      ]),
      2,
    )
    git(dir, ['update-ref', 'refs/heads/main', from])
    const disk = join(dir, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', disk]).status === 0
    if (!mounted) return context.skip('no file system can be mounted here')
    try {
      const place = await placeOf(dir)
      const move = fastForward({ ...place, branch: 'main', from, to, message })
      await expect(move).rejects.toMatchObject({ reason: 'unsupported' })
      expect(porcelain(dir)).toBe('')
      expect(head(dir)).toBe(from)
      expectSettled(place)
    } finally {
      inShell(['umount', '-l', disk])
    }
  })

  /** Happens once, between the inspection of the files and the first change. */
  const meanwhile = async (happens: (place: Place) => void) => {
    const ends = twoEnds(seed)
    const place = await copyOf(ends.base)
    let happened = false
    const request = { ...place, ...ends, branch: 'main', message, liveness: as('first') }
    const onProgress = () => {
      if (!happened) happens(place)
      happened = true
    }
    const error = await fastForward({ ...request, onProgress }).then(
      () => null,
      (reason: unknown) => reason,
    )
    return { ends, place, error }
  }

  test('since a file was edited meanwhile keeps the edit, and the rest as it was', async () => {
    const { trees, ...rest } = twoEnds(seed)
    const path = leafIn(
      { trees, ...rest },
      (one) => trees.from.get(one)?.startsWith('100') ?? false,
    )
    const { ends, place, error } = await meanwhile(({ dir }) =>
      writeFileSync(at(dir, path), 'mine'),
    )
    expect(error).toBeInstanceOf(BlockedError)
    expectAllBut(new Map([[path, 'mine']]), place, ends, 'from')
    expect(head(place.dir)).toBe(ends.from)
  })

  test('since a file was made meanwhile keeps that file', async () => {
    const { trees, ...rest } = twoEnds(seed)
    const path = leafIn({ trees, ...rest }, (one) => !trees.from.has(one) && !one.includes('/'))
    const { ends, place, error } = await meanwhile(({ dir }) =>
      writeFileSync(at(dir, path), 'mine'),
    )
    expect(error).toBeInstanceOf(BlockedError)
    expectAllBut(new Map([[path, 'mine']]), place, ends, 'from')
  })

  test('since the branch was moved meanwhile is taken back', async () => {
    const { ends, place, error } = await meanwhile(({ dir }) => {
      git(dir, [
        'update-ref',
        'refs/heads/main',
        git(dir, ['commit-tree', 'HEAD^{tree}', '-m', 'x']),
      ])
    })
    expect(error).toBeInstanceOf(ConflictError)
    expect(snapshot(place.dir, { withGit: false })).toEqual(ends.trees.from)
    expect(porcelain(place.dir)).toBe('')
    expectSettled(place)
  })

  test('since it was told to stop is taken back', async () => {
    const abort = new AbortController()
    const ends = twoEnds(5)
    const place = await copyOf(ends.base)
    const onProgress = () => {
      abort.abort(new Error('enough'))
      for (const end = performance.now() + 15; performance.now() < end; );
    }
    const request = { ...place, ...ends, branch: 'main', message, onProgress }
    await expect(fastForward({ ...request, signal: abort.signal })).rejects.toThrow('enough')
    expectAt(place, ends, 'from')
  })
})
