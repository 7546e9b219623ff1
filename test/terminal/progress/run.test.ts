import { describe, expect, it } from 'vitest'
import type { WorkflowJob } from '../../../src/github/rest/actions/runs.js'
import type { WorkflowRunWithJobs } from '../../../src/workflows/run-data.js'
import { follow } from './support.js'

const times = { started_at: null, completed_at: null }

function job(name: string, status: string, conclusion: string | null = null): WorkflowJob {
  const step = { number: 1, name: 'Build', status, conclusion, ...times }
  return { id: 1, name, status, conclusion, ...times, steps: [step] }
}

const run = (status: string, jobs: WorkflowJob[]): WorkflowRunWithJobs => ({
  run_id: 7,
  status,
  conclusion: status === 'completed' ? 'failure' : null,
  html_url: 'https://github.com/uDOS/core/actions/runs/7',
  repo: 'uDOS/core',
  workflow: 'tests.yml',
  ref: 'main',
  created_at: null,
  completed_at: null,
  duration_seconds: null,
  logs_url: '',
  artifacts: [],
  jobs,
})

describe('a run that is waited for', () => {
  it('is a line with its seconds; below are ended jobs, and those at work with their step', () => {
    const { emit, lines, time } = follow({ live: true })
    const lint = job('lint', 'completed', 'success')
    const [started_at, completed_at] = ['2026-01-14T12:00:00Z', '2026-01-14T12:02:03Z']
    const jobs = [
      job('unit', 'in_progress'),
      { ...lint, started_at, completed_at },
      job('e2e', 'completed', 'failure'),
      job('docs', 'queued'),
    ]
    emit({ type: 'run-seen', run: run('queued', []) })
    time.now = 42_000
    emit({ type: 'run-seen', run: run('in_progress', jobs) })
    expect(lines()).toEqual([
      'core/tests.yml #7 in progress, 42 s: 2 done, 1 running, 1 queued',
      '    ✅ lint (2m 3s)',
      '    ❌ e2e: failure',
      '    ▸ unit: Build',
    ])
  })

  it('keeps to a screen, those at work before the others', () => {
    const { emit, lines } = follow({ live: true })
    const ended = Array.from({ length: 40 }, (_, i) => job(`job ${i}`, 'completed', 'success'))
    emit({ type: 'run-seen', run: run('in_progress', [job('last', 'in_progress'), ...ended]) })
    expect(lines()).toHaveLength(13)
    expect(lines()[0]).toMatch(/: 40 done, 1 running, 0 queued$/)
    expect(lines().at(-1)).toBe('    ▸ last: Build')
  })

  it('leaves its jobs behind when it has ended, once', () => {
    const { emit, stop, text } = follow({ live: true })
    emit({ type: 'run-seen', run: run('completed', [job('e2e', 'completed', 'failure')]) })
    stop()
    stop()
    expect(text()).toBe('  ❌ e2e: failure\n')
  })

  it('is one plain line per change where nothing can be lines', () => {
    const { emit, stop, text } = follow({ live: false })
    const now = run('in_progress', [job('unit', 'in_progress')])
    emit({ type: 'run-changed', run: now })
    for (const one of now.jobs) {
      emit({ type: 'job-changed', run: now, job: one })
      for (const step of one.steps) emit({ type: 'step-changed', run: now, job: one, step })
    }
    emit({ type: 'run-seen', run: now })
    stop()
    expect(text()).toBe(
      'core/tests.yml #7 in progress\n  unit: in progress\n    unit / Build: in progress\n',
    )
  })
})
