import { describe, expect, it, vi } from 'vitest'
import type { SyncEntry } from '../../../src/repos/report.js'
import { follow } from './support.js'

const entry = (repo: string, fields: Partial<SyncEntry>): SyncEntry => ({
  ...{ repo, group: null, path: `/${repo}`, branch: 'main', from: null, to: null, bytes: 10 },
  ...{ duration_ms: 0, reason: null, error: null, warnings: [] },
  ...fields,
})

describe('a sync', () => {
  function begun() {
    const shown = follow({ repeats: true })
    shown.emit({ type: 'sync-planned', total: 2 })
    shown.emit({ type: 'repository-started', repo: 'uDOS/typo', path: '/typo', action: 'clone' })
    const checkOut = (done: number) =>
      shown.emit({
        type: 'repository-progress',
        repo: 'uDOS/typo',
        path: '/typo',
        progress: { phase: 'checkout', bytes: 0, done, total: 3000 },
      })
    return { ...shown, checkOut }
  }

  it('is not drawn for every file', () => {
    const { drawn, time, checkOut } = begun()
    const before = drawn.length
    for (let done = 1; done <= 1000; done++) checkOut(done)
    expect(drawn.length - before).toBe(0)
    time.now += 50
    checkOut(1001)
    expect(drawn.at(-1)).toBe(
      '0/2 repositories, 1 in hand, 1 queued, 0 s\n    uDOS/typo  checkout 1001 of 3000 (33 %), 0 s',
    )
  })

  it('is drawn at once for whatever begins', () => {
    const { drawn, emit } = begun()
    emit({ type: 'repository-started', repo: 'uDOS/micro', path: '/micro', action: 'pull' })
    expect(drawn.at(-1)).toContain('uDOS/micro  connecting')
  })

  it('keeps to a screen', () => {
    const { emit, lines } = follow()
    emit({ type: 'sync-planned', total: 40 })
    for (let index = 0; index < 20; index++)
      emit({ type: 'repository-started', repo: `a/${index}`, path: `/${index}`, action: 'pull' })
    expect(lines()[0]).toBe('0/40 repositories, 20 in hand, 20 queued, 0 s')
    expect(lines().slice(12)).toEqual(['    a/11  connecting, 0 s', '    … and 8 more'])
  })

  it('of one repository is that one', () => {
    const { emit, lines, time } = follow()
    emit({ type: 'sync-planned', total: 1 })
    emit({ type: 'repository-started', repo: 'a/b', path: '/b', action: 'clone' })
    const progress = { phase: 'receiving', bytes: 2048, done: 0, total: 0 } as const
    time.now = 2000
    emit({ type: 'repository-progress', repo: 'a/b', path: '/b', progress })
    expect(lines()).toEqual(['a/b  receiving, 2.0 kB, 1.0 kB/s, 2 s'])
  })

  it('leaves changes and short failures, and nothing of what was not tried', () => {
    const { emit, text } = begun()
    const error = { code: 'GITHUB_NOT_FOUND', message: 'not there', hint: null } as const
    const stopped = { code: 'INTERRUPTED', message: 'interrupted', hint: null } as const
    emit({ type: 'repository-done', entry: entry('a/new', { status: 'cloned' }) })
    emit({ type: 'repository-done', entry: entry('a/same', { status: 'unchanged' }) })
    emit({ type: 'repository-done', entry: entry('a/gone', { status: 'failed', error }) })
    emit({ type: 'repository-done', entry: entry('a/late', { status: 'failed', error: stopped }) })
    expect(text()).toBe('✅ a/new cloned (10 B, main branch)\n❌ a/gone failed\n')
  })
})

describe('transfers', () => {
  const upload = (name: string, done: number, total: number) =>
    ({ type: 'transfer-progress', direction: 'upload', name, done, total }) as const

  it('have a total with percent, rate and the time that is left', () => {
    const { emit, lines, time } = follow()
    emit({ type: 'transfer-planned', files: 3, bytes: 4 << 20 })
    emit(upload('core.iso', 0, 2 << 20))
    time.now = 2000
    emit(upload('core.iso', 1 << 20, 2 << 20))
    expect(lines()).toEqual([
      '0 of 3 files, 1.0 MB of 4.0 MB (25 %), 512 kB/s, 6 s left',
      '    core.iso  1.0 MB of 2.0 MB (50 %)',
    ])
    emit({
      type: 'transfer-done',
      direction: 'upload',
      name: 'core.iso',
      size: 2 << 20,
      status: 'uploaded',
    })
    time.now += 60
    emit(upload('core.tcz', 1 << 20, 1 << 20))
    expect(lines()).toEqual([
      '1 of 3 files, 3.0 MB of 4.0 MB (75 %), 1.5 MB/s, 0 s left',
      '    core.tcz  waiting for GitHub',
    ])
  })

  it('of unknown size say what came', () => {
    const { emit, lines } = follow()
    emit({ type: 'artifact-progress', name: 'dist', phase: 'receiving', done: 1024, total: null })
    emit({ type: 'artifact-progress', name: 'logs', phase: 'unpacking', done: 9, total: 10 })
    expect(lines().slice(1)).toEqual(['    dist  1.0 kB', '    logs  unpacking'])
  })

  it('leave one line each, whatever a name from elsewhere holds', () => {
    const { emit, text } = follow()
    const name = 'a\n::error::b'
    emit({ type: 'transfer-done', direction: 'download', name, size: 1, status: 'downloaded' })
    expect(text()).toContain('  a ::error::b downloaded (1 B)\n')
  })
})

it('a step is said once, and its time is live', () => {
  const { emit, lines, text, time } = follow()
  emit({ type: 'step', message: 'build: npm run build' })
  time.now = 65_000
  expect([lines(), text()]).toEqual([['build: npm run build, 1m 5s'], 'build: npm run build\n'])
})

describe('an activity', () => {
  it('is shown once it lasts, until it ends or something better is shown', () => {
    vi.useFakeTimers()
    try {
      const { emit, lines, text, time } = follow()
      const pass = (milliseconds: number) => {
        time.now += milliseconds
        vi.advanceTimersByTime(milliseconds)
      }
      emit({ type: 'activity', message: 'waiting for api.github.com' })
      pass(499)
      expect(lines()).toEqual([])
      pass(1501)
      expect(lines()).toEqual(['waiting for api.github.com, 2 s'])
      emit({ type: 'activity', message: null })
      expect(lines()).toEqual([])
      emit({ type: 'activity', message: 'waiting for api.github.com' })
      emit({ type: 'step', message: 'Installing a' })
      pass(1000)
      expect(lines()).toEqual(['Installing a, 1 s'])
      expect(text()).toBe('Installing a\n')
    } finally {
      vi.useRealTimers()
    }
  })
})
