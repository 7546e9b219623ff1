import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GitHubNotFoundError, UsageError, WizardError } from '../../src/base/errors.js'
import type { SyncEntry } from '../../src/repos/report.js'
import type { Page } from '../../src/terminal/page.js'
import { openTerminal } from './support.js'

type Table = Extract<Page, { kind: 'table' }>

const table: Table = {
  kind: 'table',
  columns: [
    { title: 'REPOSITORY', cut: 'middle' },
    { title: 'STATUS', tone: (cell) => (cell === 'failed' ? 'bad' : undefined) },
    { title: 'STARS', align: 'right' },
    { title: 'NOTE', cut: 'wrap', spare: 1 },
  ],
  rows: [
    ['uDOS/typo', 'cloned', '7', ''],
    ['uDOS/a-rather-long-name', 'failed', '1234', ''],
  ],
  after: ['Summary: 1/2'],
}

describe('a table', () => {
  it('is tab-separated, uncut and without heading where nobody looks', async () => {
    const { terminal, out } = openTerminal()
    await terminal.showPage(table)
    expect(out()).toBe('uDOS/typo\tcloned\t7\t\nuDOS/a-rather-long-name\tfailed\t1234\t\n')
  })

  it('is aligned under a heading on a terminal, without empty columns', async () => {
    const { terminal, out } = openTerminal({ noColor: true }, 80)
    await terminal.showPage(table)
    expect(out()).toBe(
      [
        'REPOSITORY               STATUS  STARS',
        'uDOS/typo                cloned      7',
        'uDOS/a-rather-long-name  failed   1234',
        'Summary: 1/2',
        '',
      ].join('\n'),
    )
  })

  it('has wide letters and no control characters', async () => {
    const { terminal, out } = openTerminal({ noColor: true }, 80)
    const rows = [
      ['日本\u001b]0;title\u0007', 'a\nb', '1', ''],
      ['x\u202e', 'c', '2', ''],
    ]
    await terminal.showPage({ ...table, rows, after: [] })
    expect(out().split('\n').slice(1, 3)).toEqual([
      '日本        a b         1',
      'x           c           2',
    ])
  })
})

describe('colour', () => {
  const painted = async (env: Record<string, string>, columns?: number, noColor = false) => {
    const { terminal, out } = openTerminal({ noColor }, columns, env)
    await terminal.showPage(table)
    return out().includes('\u001b[31m')
  }
  it.each<[string, Parameters<typeof painted>, boolean]>([
    ['on a terminal', [{}, 80], true],
    ['elsewhere', [{}], false],
    ['NO_COLOR', [{ NO_COLOR: '1' }, 80], false],
    ['an empty NO_COLOR', [{ NO_COLOR: '' }, 80], true],
    ['TERM=dumb', [{ TERM: 'dumb' }, 80], false],
    ['--no-color', [{ FORCE_COLOR: '1' }, 80, true], false],
    ['FORCE_COLOR=0', [{ FORCE_COLOR: '0' }, 80], false],
  ])('%s', async (_name, given, expected) => {
    expect(await painted(...given)).toBe(expected)
  })
})

describe('an error', () => {
  const error = new GitHubNotFoundError('no sesame\nhere \u001b[2J', {
    hint: 'look elsewhere',
    status: 404,
    requestId: 'F00',
  })

  it('is one line, and one for the hint', () => {
    const { terminal, err, out } = openTerminal()
    terminal.showError(error)
    expect(err()).toBe('error: no *** here \nhint: look elsewhere\n')
    expect(out()).toBe('')
  })

  it('is one document with --json', () => {
    const { terminal, err } = openTerminal({ json: true })
    terminal.showError(error)
    expect(JSON.parse(err())).toEqual({
      error: {
        code: 'GITHUB_NOT_FOUND',
        message: 'no *** here ',
        hint: 'look elsewhere',
        status: 404,
        request_id: 'F00',
      },
    })
  })

  it('has the same keys with --json where GitHub had no part in it', () => {
    const { terminal, err } = openTerminal({ json: true })
    terminal.showError(new WizardError('wrong'))
    const told = { code: 'FAILED', message: 'wrong', hint: null, status: null, request_id: null }
    expect(JSON.parse(err())).toEqual({ error: told })
  })

  it('is a command inside Actions, where no text of ours begins another', () => {
    const { terminal, err } = openTerminal({}, undefined, { GITHUB_ACTIONS: 'true' })
    terminal.showError(new UsageError('100% wrong'))
    expect(err()).toBe('error: 100% wrong\n::error::100%25 wrong\n')
  })
})

describe('the job summary', () => {
  it('gets the table inside Actions, its text without markup', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wizard-summary-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'summary.md')
    const { terminal } = openTerminal({}, undefined, {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: file,
    })
    await terminal.writeActionsOutputs(
      { ...table, rows: [['a|b', '<img>', 'sesame', '\u001b[2J[x](y)']] },
      {},
    )
    expect(await readFile(file, 'utf8')).toBe(
      '| REPOSITORY | STATUS | STARS | NOTE |\n| --- | --- | --- | --- |\n' +
        '| a&#124;b | &#60;img&#62; | &#42;&#42;&#42; | &#91;x&#93;(y) |\n\n',
    )
  })

  it('keeps names from being commands of the runner', async () => {
    const { terminal, out } = openTerminal({}, undefined, { GITHUB_ACTIONS: 'true' })
    await terminal.showPage({
      ...table,
      rows: [['::add-mask::x', '##[group]y', '1', '']],
      after: [],
    })
    expect(out()).toBe(': :add-mask::x\t## [group]y\t1\t\n')
  })

  it('that cannot be written is a warning', async () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/nonexistent/summary.md' }
    const { terminal, err } = openTerminal({}, undefined, env)
    await terminal.writeActionsOutputs(table, {})
    expect(err()).toContain("warning: the job's outputs can't be written")
  })
})

describe('a question', () => {
  it('is a wrong usage where there is nobody to ask', async () => {
    const { terminal } = openTerminal()
    await expect(terminal.confirm('Sure?')).rejects.toThrow(UsageError)
  })

  it('is not asked with --yes', async () => {
    expect(await openTerminal({ yes: true }).terminal.confirm('Sure?')).toBe(true)
  })

  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['n\n', false],
    ['\n', false],
    ['yep\n', false],
    [null, false],
  ])('answered with %j is %s', async (answer, expected) => {
    const { terminal, stdin, err } = openTerminal({}, 80)
    const asked = terminal.confirm('Sure?')
    if (answer === null) stdin.end()
    else stdin.write(answer)
    expect(await asked).toBe(expected)
    expect(err()).toContain('Sure? [y/N] ')
  })
})

describe('progress', () => {
  const entry: SyncEntry = {
    repo: 'uDOS/typo',
    group: null,
    path: '/srv/typo',
    branch: 'main',
    status: 'cloned',
    from: null,
    to: null,
    bytes: 2048,
    duration_ms: 1,
    reason: null,
    error: null,
    warnings: [],
  }

  async function follow(options: Parameters<typeof openTerminal>[0]) {
    const { terminal, err } = openTerminal(options)
    await terminal.followEvents()
    terminal.emit({ type: 'sync-planned', total: 3 })
    terminal.emit({ type: 'request', message: 'GET /x 200' })
    terminal.emit({
      type: 'repository-started',
      repo: 'uDOS/typo',
      path: '/srv/typo',
      action: 'clone',
    })
    terminal.emit({ type: 'repository-done', entry })
    terminal.emit({ type: 'repository-done', entry: { ...entry, status: 'unchanged' } })
    terminal.emit({ type: 'warning', message: 'mind \u001b[1mthis' })
    return err()
  }

  it('is one plain line per change elsewhere', async () => {
    expect(await follow({})).toBe('✅ typo cloned (2.0 kB, main branch)\nwarning: mind this\n')
  })

  it('has requests with --verbose', async () => {
    expect(await follow({ verbose: true })).toMatch(/^GET \/x 200\n/)
  })

  it('is nothing with --quiet and with --json', async () => {
    expect(await follow({ quiet: true })).toBe('')
    expect(await follow({ json: true })).toBe('')
  })

  it('tells the warnings of a quiet command once it fails', async () => {
    const { terminal, err } = openTerminal({ quiet: true })
    await terminal.followEvents()
    terminal.emit({ type: 'warning', message: 'mind this' })
    terminal.showError(new UsageError('it failed'))
    expect(err()).toBe('warning: mind this\nerror: it failed\n')
  })
})
