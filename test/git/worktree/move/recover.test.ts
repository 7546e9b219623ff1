import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConflictError } from '../../../../src/base/errors.js'
import { recover } from '../../../../src/git/worktree/move/recover.js'
import { runUntilKilled } from '../../support/dying.js'
import { at } from '../../support/edits.js'
import {
  as,
  convertedEnds,
  copyOf,
  edit,
  endOf,
  expectAllBut,
  expectAt,
  expectSettled,
  forward,
  head,
  leafIn,
  lockOf,
  porcelain,
  stepsOf,
  twoEnds,
  writeOld,
} from '../../support/moves.js'
import { git } from '../../support/real-git.js'
import { snapshot } from '../../support/snapshot.js'
import { randomSource } from '../../support/trees.js'

/** git checks many small repositories: this takes seconds, and more on a busy machine. */
const timeout = 90_000

describe('a fast-forward that is killed', { tags: ['deep'], timeout }, () => {
  test.each([
    [3, 1],
    [5, 2],
  ])('at any step is finished or undone, seed %i', async (seed, stride) => {
    const ends = twoEnds(seed)
    const steps = await stepsOf(ends)
    expect(steps).toBeGreaterThan(20)
    const outcomes = new Set<string>()
    for (let n = 1; n <= steps; n += stride) {
      const place = await copyOf(ends.base)
      expect(await runUntilKilled(n, () => forward(place, ends))).toBe(null)
      const outcome = await recover({ ...place, liveness: as('second') })
      outcomes.add(outcome)
      // Only the lock is removed after the journal, so "nothing to recover" may mean either end.
      const isMoved = outcome === 'finished' || endOf(place, ends) === 'to'
      expectAt(place, ends, isMoved ? 'to' : 'from')
      expect(await recover({ ...place, liveness: as('second') })).toBe('none')
      if (isMoved) continue
      await forward(place, ends, 'second')
      expectAt(place, ends, 'to')
    }
    expect([...outcomes].sort()).toEqual(['finished', 'none'])
  })

  test('at any step is finished or undone, between two sets of attributes', async () => {
    const ends = convertedEnds()
    const steps = await stepsOf(ends)
    const outcomes = new Set<string>()
    for (let n = 1; n <= steps; n++) {
      const place = await copyOf(ends.base)
      expect(await runUntilKilled(n, () => forward(place, ends))).toBe(null)
      const outcome = await recover({ ...place, liveness: as('second') })
      outcomes.add(outcome)
      const isMoved = outcome === 'finished' || endOf(place, ends) === 'to'
      expectAt(place, ends, isMoved ? 'to' : 'from')
      if (isMoved) continue
      await forward(place, ends, 'second')
      expectAt(place, ends, 'to')
    }
    expect([...outcomes].sort()).toEqual(['finished', 'none'])
  })

  test.each([3, 8])('keeps what was changed since, seed %i', async (seed) => {
    const ends = twoEnds(seed)
    const steps = await stepsOf(ends)
    const random = randomSource(seed)
    const outcomes = new Set<string>()
    for (let n = 1; n <= steps; n += 1 + random.pick(3)) {
      const place = await copyOf(ends.base)
      await runUntilKilled(n, () => forward(place, ends))
      const edits = edit(random, place.dir, ends)
      const outcome = await recover({ ...place, liveness: as('second') })
      outcomes.add(outcome)
      const end = endOf(place, ends)
      if (outcome !== 'none') expect(end).toBe(outcome === 'finished' ? 'to' : 'from')
      expectAllBut(edits, place, ends, end)
    }
    expect([...outcomes].sort()).toEqual(['finished', 'none', 'undone'])
  })

  test('is recovered though the recovery is killed too', async () => {
    const ends = twoEnds(5)
    const steps = await stepsOf(ends)
    for (let n = 4; n < steps; n += 12) {
      for (let m = 1; ; m += 4) {
        const place = await copyOf(ends.base)
        await runUntilKilled(n, () => forward(place, ends))
        const again = () => recover({ ...place, liveness: as('second') })
        const whole = (await runUntilKilled(m, again)) !== null
        await recover({ ...place, liveness: as('third') })
        expectAt(place, ends, endOf(place, ends))
        if (whole) break
      }
    }
  })
})

describe('recovery', { tags: ['deep'] }, () => {
  const halfWay = async () => {
    const ends = twoEnds(5)
    const place = await copyOf(ends.base)
    await runUntilKilled((await stepsOf(ends)) - 12, () => forward(place, ends))
    return { ends, place, again: () => recover({ ...place, liveness: as('second') }) }
  }

  test('of nothing is nothing', async () => {
    const place = await copyOf(twoEnds(5).base)
    const was = snapshot(place.dir)
    expect(await recover({ ...place, liveness: as('second') })).toBe('none')
    writeFileSync(join(place.gitDir, 'index.lock'), '')
    expect(await recover({ ...place, liveness: as('second') })).toBe('none')
    unlinkSync(join(place.gitDir, 'index.lock'))
    expect(snapshot(place.dir)).toEqual(was)
  })

  test('with a journal that can’t be read is told', async () => {
    const { place, again } = await halfWay()
    writeFileSync(join(place.gitDir, 'wizard-move/journal.json'), '{"version":1')
    const was = snapshot(place.dir)
    await expect(again()).rejects.toThrow(/journal\.json can't be read/)
    was.delete('.git/index.lock')
    expect(snapshot(place.dir)).toEqual(was)
  })

  test('while git holds the index waits for its end', async () => {
    const { place, again } = await halfWay()
    unlinkSync(lockOf(place))
    writeFileSync(lockOf(place), '')
    const was = snapshot(place.dir)
    await expect(again()).rejects.toThrow(ConflictError)
    expect(snapshot(place.dir)).toEqual(was)
  })

  test('leaves all to who has gone on by hand', async () => {
    const { place, again } = await halfWay()
    unlinkSync(lockOf(place))
    git(place.dir, ['commit', '--quiet', '--allow-empty', '-am', 'mine'])
    const was = snapshot(place.dir, { withGit: false })
    expect(await again()).toBe('undone')
    expect(snapshot(place.dir, { withGit: false })).toEqual(was)
    expectSettled(place)
  })

  test('finishes after a reset by hand', async () => {
    const { place, ends, again } = await halfWay()
    unlinkSync(lockOf(place))
    git(place.dir, ['reset', '--quiet', '--hard'])
    git(place.dir, ['clean', '-fdq'])
    expect(await again()).toBe('finished')
    expectAt(place, ends, 'to')
  })

  test('keeps what was staged since', async () => {
    const { place, ends, again } = await halfWay()
    unlinkSync(lockOf(place))
    writeFileSync(join(place.dir, 'staged'), 'mine')
    git(place.dir, ['add', 'staged'])
    expect(await again()).toBe('finished')
    expect(head(place.dir)).toBe(ends.to)
    expect(porcelain(place.dir)).toBe('A  staged')
  })

  test('takes back what it can where a file was edited that was not updated yet', async () => {
    const ends = twoEnds(2)
    const place = await copyOf(ends.base)
    const edited = leafIn(ends, (path) => ends.trees.from.has(path))
    await runUntilKilled((await stepsOf(ends)) - 12, () => forward(place, ends))
    writeOld(at(place.dir, edited), 'mine')
    expect(await recover({ ...place, liveness: as('second') })).toBe('undone')
    expectAllBut(new Map([[edited, 'mine']]), place, ends, 'from')
  })

  test('is needed before the next move', async () => {
    const { place, ends } = await halfWay()
    await expect(forward(place, ends, 'third')).rejects.toThrow(/interrupted and is not recovered/)
  })
})
