import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Run, zip } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitHubNotFoundError } from '../../../src/base/errors.js'
import { mangled } from '../../../src/workflows/logs/log-source.js'
import { failedSteps, type JobLogOptions, readLogs } from '../../../src/workflows/logs/logs.js'
import { textOf } from '../../../src/workflows/logs/parse.js'
import { repo, type Stage, stage } from '../support.js'

let tempDir: string
let on: Stage
let run: Run
beforeEach(async () => {
  tempDir = await mkdtemp(join(tmpdir(), 'logs-'))
  on = await stage()
  run = await on.github.actions.add('uDOS/core', { workflow: 'tests.yml' })
})
afterEach(async () => {
  expect(await readdir(tempDir)).toEqual([])
  await on.close()
  await rm(tempDir, { recursive: true })
})

async function read(options: JobLogOptions = {}): Promise<string> {
  const viewed = await on.runner.viewRun('uDOS', 'core', run.id)
  let text = ''
  const logs = readLogs(on.deps, repo, viewed, viewed.jobs, { tempDir, ...options })
  for await (const chunk of logs) text += chunk.text
  return text
}

const finish = (conclusion: 'success' | 'failure' = 'success', logs: Record<string, string> = {}) =>
  on.github.actions.finish(run, { conclusion, logs, jobs: ['unit', 'e2e'] })

/** The run's archive, as GitHub would pack it. */
const archive = (entries: Record<string, string>) =>
  on.github.fail({
    path: /\/actions\/runs\/\d+\/logs$/,
    status: 200,
    body: zip(Object.entries(entries).map(([name, content]) => ({ name, content }))),
  })

describe('readLogs', () => {
  it('joins the jobs in their order', async () => {
    finish('success', { lint: 'of lint\n', unit: '\ufeff2026-01-14T10:00:00Z of unit' })
    expect(await read()).toBe(
      'of lint\n2026-01-14T10:00:00Z of unit\ne2e: success\ndocs: success\npackage: success\n',
    )
  })

  it('joins the steps of a job that has no file, and asks for the log of one that has nothing', async () => {
    finish('success', { docs: 'its own\n' })
    const names = { lint: '0_lint.txt', unit: '1_unit.txt', package: '-1_package.txt' }
    archive({
      ...Object.fromEntries(Object.values(names).map((name) => [name, `${name}\n`])),
      'e2e/10_Test.txt': 'tenth\n',
      'e2e/2_Prepare.txt': 'second\n',
    })
    expect(await read()).toBe('0_lint.txt\n1_unit.txt\nsecond\ntenth\nits own\n-1_package.txt\n')
    expect(on.asked(/jobs\/\d+\/logs/)).toHaveLength(1)
  })

  it('takes one job by its own address, by name, id, or in any case', async () => {
    finish('success', { unit: 'of unit\n' })
    const unit = run.jobs.find(({ name }) => name === 'unit')
    for (const job of ['unit', 'UNIT', `${unit?.id}`]) expect(await read({ job })).toBe('of unit\n')
    expect(on.asked(/runs\/\d+\/logs/)).toEqual([])
    const unknown = read({ job: 'unti' })
    await expect(unknown).rejects.toThrow(GitHubNotFoundError)
    await expect(unknown).rejects.toMatchObject({
      hint: 'available: lint, unit, e2e, docs, package',
    })
  })

  it('gives the failed steps of the failed jobs alone', async () => {
    finish('failure', { unit: 'unit broke\n', e2e: 'e2e broke\n' })
    expect(await read({ failed: true })).toBe('unit broke\ne2e broke\n')
  })

  it('says what to do while the run is at work', async () => {
    on.github.actions.start(run)
    await expect(read()).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
    await expect(read()).rejects.toThrow(/is in progress: its logs are available when it has ended/)
    const [first] = run.jobs
    Object.assign(first ?? {}, { status: 'completed', conclusion: 'success', log: 'early\n' })
    await expect(read()).rejects.toMatchObject({
      remedy: expect.arrayContaining([{ flag: 'job' }, '; ended: lint']),
    })
    expect(await read({ job: 'lint' })).toBe('early\n')
    await expect(read({ job: 'unit' })).rejects.toThrow('its log is available when it has ended')
  })

  it.each([404, 410])('tells logs that have expired, with %i', async (status) => {
    finish()
    on.github.fail({ path: /\/logs$/, status, body: { message: 'Gone' } })
    await expect(read()).rejects.toThrow(/the logs of run \d+ are gone/)
  })

  it('takes a log of one line that repeats for no archive that fills a disk', {
    tags: ['deep'],
  }, async () => {
    finish()
    const content = Buffer.alloc(120_000_000, 'the same line again and again\n')
    const body = zip([{ name: '0_lint.txt', content, deflated: true }])
    on.github.fail({ path: /\/actions\/runs\/\d+\/logs$/, status: 200, body })
    const viewed = await on.runner.viewRun('uDOS', 'core', run.id)
    for await (const { text } of readLogs(on.deps, repo, viewed, viewed.jobs, { tempDir })) {
      expect(text).toMatch(/^the same line again and again\n/)
      break
    }
  })

  it('never shows the token to storage', async () => {
    finish()
    await read()
    const stored = on.github.requests.filter(({ origin }) => origin === 'storage')
    expect(stored).toHaveLength(1)
    expect(JSON.stringify(stored[0]?.headers)).not.toMatch(/authorization/i)
  })
})

describe('failedSteps', () => {
  const view = () => on.runner.viewRun('uDOS', 'core', run.id)

  it('gives the last lines of each, with its job and step', async () => {
    const lines = Array.from({ length: 250 }, (_none, index) => `line ${index}`)
    finish('failure', { unit: `${lines.join('\n')}\n`, e2e: 'short\n' })
    const viewed = await view()
    const steps = await failedSteps(on.deps, repo, viewed, viewed.jobs, { tempDir })
    expect(steps).toMatchObject([
      { job: { name: 'unit' }, step: { name: 'Test' }, lines: lines.slice(-100), cut: true },
      { job: { name: 'e2e' }, step: { name: 'Test' }, lines: ['short'], cut: false },
    ])
  })

  it('finds a step in the log of its job by its times and marks', async () => {
    const at = (second: number, text: string) => `2026-01-14T10:00:0${second}.1234567Z ${text}`
    const log = [
      at(0, 'set up'),
      at(1, '##[group]Run a'),
      at(2, 'end of a'),
      at(2, '##[group]Run b'),
      at(3, 'it broke'),
      'a line of several',
      at(4, '##[error]Process completed with exit code 1.'),
      at(4, 'Post job cleanup.'),
    ]
    finish('failure', { unit: log.join('\r\n') })
    archive({ 'something-else.txt': '' })
    const viewed = await view()
    const unit = viewed.jobs.filter(({ name }) => name === 'unit')
    for (const step of unit[0]?.steps ?? []) {
      const times = { started_at: '2026-01-14T10:00:02Z', completed_at: '2026-01-14T10:00:04Z' }
      if (step.conclusion === 'failure') Object.assign(step, times)
    }
    const [found] = await failedSteps(on.deps, repo, viewed, unit, { tempDir })
    expect(found?.lines).toEqual(log.slice(3, 7))
  })
})

describe('textOf', () => {
  const whole = async (pieces: (string | Buffer)[], colours = false) => {
    const bytes = (async function* () {
      yield* pieces
    })()
    let text = ''
    for await (const piece of textOf(bytes, { colours })) text += piece
    return text
  }

  it('drops what acts on a terminal, line by line, and keeps colours where asked', async () => {
    const line = '\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b[2Jend'
    expect(await whole([line])).toBe('red end\n')
    expect(await whole([line], true)).toBe('\u001b[31mred\u001b[0m end\u001b[0m\n')
    expect(await whole(['\u001b]0;open\nkept\n\u0007'])).toContain('kept\n')
  })

  it('reads characters and lines across pieces', async () => {
    const bytes = Buffer.from('\ufeffä€\r\nb\n\nc')
    expect(await whole([...bytes].map((byte) => Buffer.from([byte])))).toBe('ä€\nb\n\nc\n')
    expect(await whole(['x'.repeat(200_000)])).toHaveLength(200_004)
  })
})

it.each([
  ['build / test: "a"', 'build  test a'],
  ['x'.repeat(100), 'x'.repeat(90)],
])('knows %j as GitHub writes it', (name, file) => {
  expect(mangled(name)).toBe(file)
})
