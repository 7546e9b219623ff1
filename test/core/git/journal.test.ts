import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, test } from 'vitest'
import { ConflictError } from '../../../src/core/errors.js'
import { fastForward } from '../../../src/core/git/fast-forward.js'
import { recover } from '../../../src/core/git/journal.js'
import { BlockedError, type Liveness } from '../../../src/core/git/types.js'
import { runUntilKilled, runWithFailure } from './dying.js'
import { at } from './edits.js'
import { git, temporaryFolder } from './real-git.js'
import { cloneAt, placeOf, randomRepository } from './repository.js'
import { snapshot } from './snapshot.js'
import { addCommit, type Random, randomSource } from './trees.js'

const message = 'pull: Fast-forward'
const as = (mark: string): Liveness => ({ mark, isAlive: async (other) => other === mark })

interface Ends {
  base: string
  from: string
  to: string
  /** The work tree as git makes it, at either end. */
  trees: Record<'from' | 'to', Map<string, string>>
}

function twoEnds(seed: number): Ends {
  const { dir, commits } = randomRepository({ seed, commits: 2, changes: 8 })
  const [from = '', to = ''] = commits
  const base = cloneAt(dir, from)
  const tree = (commit: string) => snapshot(cloneAt(dir, commit), { withGit: false })
  return { base, from, to, trees: { from: tree(from), to: tree(to) } }
}

/** A copy with its stat data refreshed, so that nothing is racy or suspect. */
async function copyOf(base: string) {
  const dir = temporaryFolder()
  execFileSync('cp', ['-a', `${base}/.`, dir])
  git(dir, ['status'])
  return placeOf(dir)
}

type Place = Awaited<ReturnType<typeof placeOf>>

/** The first path whose file at the later end, another than at the earlier, is such a one. */
const leafIn = ({ trees }: Ends, which: (path: string) => boolean) =>
  [...trees.to].find(
    ([path, leaf]) => leaf.startsWith('100') && leaf !== trees.from.get(path) && which(path),
  )?.[0] ?? ''

const forward = (place: Place, { from, to }: Ends, mark = 'first') =>
  fastForward({ ...place, branch: 'main', from, to, message, liveness: as(mark) })

const head = (dir: string) => git(dir, ['rev-parse', 'HEAD'])
const porcelain = (dir: string) => git(dir, ['status', '--porcelain', '--ignored'])

/** The stat data of the index vouches for no file that is not its entry's: an index without any shows the same. */
function expectHonestIndex({ dir, gitDir }: Place): void {
  const env = { GIT_INDEX_FILE: join(gitDir, 'fresh-index') }
  git(dir, ['read-tree', 'HEAD'], { env })
  const args = ['status', '--porcelain', '-z', '--no-renames']
  expect(git(dir, args)).toBe(git(dir, args, { env }))
  unlinkSync(env.GIT_INDEX_FILE)
}

function expectSettled({ dir, gitDir }: Place): void {
  for (const left of ['wizard-move', 'index.lock'])
    expect(existsSync(join(gitDir, left))).toBe(false)
  git(dir, ['fsck', '--strict'])
}

function expectAt(place: Place, ends: Ends, end: 'from' | 'to'): void {
  expect(head(place.dir)).toBe(ends[end])
  expect(porcelain(place.dir)).toBe('')
  expect(git(place.dir, ['write-tree', '--missing-ok'])).toBe(
    git(place.dir, ['rev-parse', `${ends[end]}^{tree}`]),
  )
  expect(snapshot(place.dir, { withGit: false })).toEqual(ends.trees[end])
  expectSettled(place)
}

async function stepsOf(ends: Ends): Promise<number> {
  const place = await copyOf(ends.base)
  return (await runUntilKilled(Number.POSITIVE_INFINITY, () => forward(place, ends))) ?? 0
}

describe('a fast-forward that is killed', () => {
  test.each([3, 5])('at any step is finished or undone, seed %i', async (seed) => {
    const ends = twoEnds(seed)
    const steps = await stepsOf(ends)
    expect(steps).toBeGreaterThan(20)
    const outcomes = new Set<string>()
    for (let n = 1; n <= steps; n++) {
      const place = await copyOf(ends.base)
      expect(await runUntilKilled(n, () => forward(place, ends))).toBe(null)
      const outcome = await recover({ ...place, liveness: as('second') })
      outcomes.add(outcome)
      // The journal is removed last but for the lock, so that nothing to recover may mean either.
      const isMoved = outcome === 'finished' || head(place.dir) === ends.to
      expectAt(place, ends, isMoved ? 'to' : 'from')
      expect(await recover({ ...place, liveness: as('second') })).toBe('none')
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
      const end = head(place.dir) === ends.to ? 'to' : 'from'
      if (outcome !== 'none') expect(end).toBe(outcome === 'finished' ? 'to' : 'from')
      expectAllBut(edits, place, ends, end)
    }
    expect([...outcomes].sort()).toEqual(['finished', 'none', 'undone'])
  })

  test('is recovered though the recovery is killed too', async () => {
    const ends = twoEnds(5)
    const steps = await stepsOf(ends)
    for (let n = 4; n < steps; n += 9) {
      for (let m = 1; ; m += 4) {
        const place = await copyOf(ends.base)
        await runUntilKilled(n, () => forward(place, ends))
        const again = () => recover({ ...place, liveness: as('second') })
        const whole = (await runUntilKilled(m, again)) !== null
        await recover({ ...place, liveness: as('third') })
        expectAt(place, ends, head(place.dir) === ends.to ? 'to' : 'from')
        if (whole) break
      }
    }
  })
})

describe('a fast-forward that fails', () => {
  test('at any step is taken back', async () => {
    const ends = twoEnds(3)
    const steps = await stepsOf(ends)
    let failures = 0
    for (let n = 1; n <= steps; n++) {
      const place = await copyOf(ends.base)
      const error = await runWithFailure(n, () => forward(place, ends))
      if (error === null) continue
      failures++
      const end = head(place.dir) === ends.to ? 'to' : 'from'
      expect(snapshot(place.dir, { withGit: false })).toEqual(ends.trees[end])
      await recover({ ...place, liveness: as('second') })
      expectAt(place, ends, end)
    }
    expect(failures).toBeGreaterThan(20)
  })

  /** A history in which some file is only edited, and some is new at the top. */
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
      execFileSync('umount', ['-l', dir])
    }
  })

  /** What happens once, between the first look at the files and the first change of one. */
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

describe('a process that is killed (SIGKILL)', () => {
  let child = ''

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wizard-test-'))
    child = join(folder, 'child.mjs')
    const bundle = await rolldown({
      input: join(import.meta.dirname, 'sigkill-child.ts'),
      platform: 'node',
      logLevel: 'silent',
    })
    await bundle.write({ file: child, format: 'esm', codeSplitting: false })
    await bundle.close()
    return () => rmSync(folder, { recursive: true })
  })

  test('is recovered', async () => {
    const ends = twoEnds(5)
    const steps = await stepsOf(ends)
    for (let n = 2; n <= steps; n += 7) {
      const place = await copyOf(ends.base)
      const args = [child, place.dir, ends.from, ends.to, String(n)]
      const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      expect([signal, stderr]).toEqual(['SIGKILL', ''])
      // It is taken for alive by who does not know better, and then nothing is touched.
      const was = snapshot(place.dir)
      const unsure = recover({ ...place, liveness: { mark: 'x', isAlive: async () => true } })
      if (isLink(lockOf(place))) {
        await expect(unsure).rejects.toThrow(ConflictError)
        expect(snapshot(place.dir)).toEqual(was)
      } else await unsure
      await recover({ ...place, liveness: as('second') })
      expectAt(place, ends, head(place.dir) === ends.to ? 'to' : 'from')
    }
  })
})

describe('recovery', () => {
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
    await expect(forward(place, ends, 'third')).rejects.toThrow(/interrupted and not recovered/)
  })
})

const lockOf = ({ gitDir }: Place) => join(gitDir, 'index.lock')
const isLink = (path: string) =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false

/** With a time long past: what is as young as the index git looks at again anyway. */
function writeOld(path: Buffer, content: string): void {
  writeFileSync(path, content)
  utimesSync(path, 1_000_000_000, 1_000_000_000)
}

/** Something that a person may have done since, by path: its content, or null where it was removed. */
function edit(random: Random, dir: string, { trees }: Ends): Map<string, string | null> {
  const edits = new Map<string, string | null>()
  const known = [...new Set([...trees.from.keys(), ...trees.to.keys()])].sort()
  for (let count = 1 + random.pick(2); count > 0; count--) {
    const now = snapshot(dir, { withGit: false })
    const path = random.choose(known) + (random.pick(4) === 0 ? '.new' : '')
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const isFolder = (other: string) => now.get(other)?.startsWith('40111 ') ?? false
    if (isFolder(path) || (parent !== '' && !isFolder(parent))) continue
    const isLink = now.get(path)?.startsWith('120') ?? false
    if (now.has(path) && (isLink || random.pick(3) === 0)) {
      unlinkSync(at(dir, path))
      edits.set(path, null)
    } else {
      writeOld(at(dir, path), `mine ${count}`)
      edits.set(path, `mine ${count}`)
    }
  }
  return edits
}

/** Every edit is still there, and all else is as it should be at that end. */
function expectAllBut(
  edits: Map<string, string | null>,
  place: Place,
  ends: Ends,
  end: 'from' | 'to',
): void {
  const now = snapshot(place.dir, { withGit: false })
  for (const [path, content] of edits) {
    if (content !== null) expect(readFileSync(at(place.dir, path), 'utf8')).toBe(content)
    else if (now.has(path)) expect(ends.trees[end].get(path)).toBe(now.get(path))
  }
  const near = (path: string) =>
    [...edits.keys()].some(
      (edited) => `${edited}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${edited}/`),
    )
  const others = (tree: Map<string, string>) => [...tree].filter(([path]) => !near(path))
  expect(others(now)).toEqual(others(ends.trees[end]))
  expect(git(place.dir, ['write-tree', '--missing-ok'])).toBe(
    git(place.dir, ['rev-parse', `${ends[end]}^{tree}`]),
  )
  expectHonestIndex(place)
  expectSettled(place)
}
