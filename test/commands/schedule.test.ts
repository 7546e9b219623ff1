import { chmod, mkdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { testClock } from '../support/clock.js'
import { fakeCrontab } from '../support/crontab.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace

beforeAll(async () => {
  work = await openWorkspace()
  await work.repos({
    tools: [
      { repo: 'typo', pull_schedule: '0 0 * * *' },
      { repo: 'micro', pull_schedule: '30 2 * * 1-5' },
      { repo: 'manual' },
    ],
  })
  await mkdir(work.path('bin'))
  await work.write('bin/crontab', fakeCrontab)
  await chmod(work.path('bin/crontab'), 0o755)
})
afterAll(() => work.close())

const schedule = (...args: string[]) =>
  work.run(['SCHEDULE', ...args], { env: { PATH: `${work.path('bin')}:/usr/bin:/bin` } })

it('INSTALL adds its block to the crontab and REMOVE leaves what was there', async () => {
  const mine = 'MAILTO=me\r\n0 5 * * * backup\n# BEGIN other\n# END other\n'
  await work.write('tab', mine)
  const installed = await schedule('INSTALL', '--yes')
  expect(installed).toMatchObject({ status: 0 })
  const tab = await work.read('tab')
  expect(tab.startsWith(mine)).toBe(true)
  expect(tab).toMatch(/^0 0 \* \* \* \/.* repo sync --due --quiet .*--config \/.*\/config$/m)
  expect(tab).toMatch(/^30 2 \* \* 1-5 \/.* repo sync --due --quiet /m)
  expect(tab + installed.out + installed.err).not.toContain(work.github.token)
  expect((await schedule('INSTALL', '--yes', '--json')).json).toMatchObject({ action: 'unchanged' })
  expect((await schedule('REMOVE', '--yes')).status).toBe(0)
  expect(await work.read('tab')).toBe(mine)
  // sh would add a carriage return to the last word.
  await work.write('tab', tab.replaceAll('\n', '\r\n'))
  expect((await schedule('STATUS', '--json')).json[0].crontab).toBe('out-of-date')
  await work.write('tab', mine)
})

it('INSTALL asks, and without a terminal wants --yes', async () => {
  const before = await work.read('tab')
  const { status, err } = await schedule('INSTALL')
  expect(status).toBe(2)
  expect(err).toContain('hint: give --yes')
  expect(await work.read('tab')).toBe(before)
})

it('a line of the block does what it is there for', async () => {
  for (const repo of ['typo', 'micro', 'manual']) {
    await work.github.addRepository(`uDOS/${repo}`, { files: { 'a.txt': 'one\n' } })
  }
  const { out } = await schedule('PRINT')
  const [, words = ''] = /^0 0 \* \* \* \S+ \S+ (.*)$/m.exec(out) ?? []
  const { status, out: said, err } = await work.wizard(...words.split(' '))
  expect({ status, said, err }).toEqual({ status: 0, said: '', err: '' })
  const found = (await schedule('STATUS', '--json')).json
  expect(found).toMatchObject([
    { repo: 'uDOS/typo', overdue: false, in_words: 'every day at 00:00', crontab: 'absent' },
    { repo: 'uDOS/micro', overdue: false },
    { repo: 'uDOS/manual', pull_schedule: null, next_due: null },
  ])
  expect(Date.parse(found[0].next_due)).toBeGreaterThan(Date.parse(found[0].last_pull))
})

it('INSTALL and REMOVE --dry-run show their lines, and change nothing', async () => {
  const before = await work.read('tab')
  const { status, out } = await schedule('INSTALL', '--dry-run')
  expect(status).toBe(0)
  expect(out).toMatch(/^\+ # BEGIN wizard "[\s\S]*\n\+ 0 0 \* \* \* [\s\S]*\nDry run: .*\n$/)
  expect((await schedule('REMOVE', '--dry-run', '--json')).json.action).toBe('unchanged')
  expect(await work.read('tab')).toBe(before)
})

it('STATUS, INSTALL and DOCTOR say the same where there is no schedule', async () => {
  const other = await openWorkspace()
  const env = { PATH: `${work.path('bin')}:/usr/bin:/bin` }
  const run = (...args: string[]) => other.run(args, { env })
  await other.repos({ tools: [{ repo: 'typo', pull_schedule: '0 0 * * *' }] })
  await run('SCHEDULE', 'INSTALL', '--yes')
  await other.repos({ tools: [{ repo: 'typo' }] })
  const state = async () => [
    (await other.run(['SCHEDULE', 'STATUS'], { env, columns: 120 })).shown,
    (await run('SCHEDULE', 'INSTALL', '--yes')).err,
    (await run('DOCTOR', '--offline', '--json')).json.checks.at(-1),
  ]
  expect(await state()).toMatchObject([
    expect.stringContaining('SCHEDULE REMOVE removes them'),
    expect.stringMatching(/no entry has a pull_schedule[\s\S]*wizard SCHEDULE REMOVE/),
    { name: 'crontab', status: 'warning', remedy: expect.stringContaining('SCHEDULE REMOVE') },
  ])
  expect((await run('SCHEDULE', 'REMOVE', '--yes')).status).toBe(0)
  expect(await state()).toMatchObject([
    expect.stringContaining('no workflow a run_schedule: your crontab needs nothing'),
    expect.not.stringContaining('SCHEDULE REMOVE'),
    { name: 'crontab', status: 'ok', detail: expect.stringMatching(/^no entry has a pull_sch/) },
  ])
  await other.close()
})

it('INSTALL edits the crontab alone', async () => {
  const { status, err } = await schedule('INSTALL', '--format', 'systemd', '--yes')
  expect(status).toBe(2)
  expect(err).toContain('hint: SCHEDULE PRINT --format systemd')
})

describe('a run_schedule of components.yaml', () => {
  const nightly = { file: 'nightly.yml', run_schedule: '0 2 * * *', timezone: 'Europe/Berlin' }
  const hourly = { file: 'hourly.yml', run_schedule: '5 * * * *' }
  const open = async (workflows: Record<string, unknown>) => {
    const space = await openWorkspace()
    onTestFinished(() => space.close())
    const components = { core: { repo: 'engine', workflows }, other: { repo: 'typo' } }
    await space.write('config/components.yaml', stringify({ components }))
    const env = { PATH: `${work.path('bin')}:/usr/bin:/bin` }
    const clock = testClock()
    const run = (...args: string[]) => space.run(args, { env, clock })
    return { space, clock, run }
  }

  it('is in the crontab, looked at every hour in another time zone', async () => {
    const { run, space } = await open({ nightly, hourly })
    expect((await run('SCHEDULE', 'INSTALL', '--yes')).status).toBe(0)
    const tab = await space.read('tab')
    expect(tab).toMatch(/^# wizard: every hour, for every day at 02:00 in Europe\/Berlin$/m)
    expect(tab).toMatch(/^0 \* \* \* \* \/.* workflow run --due --quiet --lock-wait 3600 --config/m)
    expect(tab).toMatch(/^5 \* \* \* \* \/.* workflow run --due --quiet /m)
    expect(tab).not.toContain('repo sync')
    expect((await run('SCHEDULE', 'STATUS', '--json')).json[0].crontab).toBe('installed')
    const { json } = await run('DOCTOR', '--offline', '--json')
    expect(json.checks.at(-1)).toMatchObject({ name: 'crontab', status: 'ok' })
    expect((await run('SCHEDULE', 'REMOVE', '--yes')).status).toBe(0)
  })

  it('is in STATUS, with its last run and when it is due', async () => {
    const { space, clock, run } = await open({ nightly, tests: 'tests.yml' })
    await space.repos({ tools: [{ repo: 'typo' }] })
    const status = async (...targets: string[]) =>
      (await run('SCHEDULE', 'STATUS', ...targets, '--json')).json
    const before = {
      repo: 'uDOS/engine',
      workflow: 'core/nightly',
      run_schedule: '0 2 * * *',
      timezone: 'Europe/Berlin',
      in_words: 'every day at 02:00 in Europe/Berlin',
      last_run: null,
      run_id: null,
      next_due: '2026-01-15T01:00:00.000Z',
      overdue: false,
      next_due_in_words: 'in 13 hours',
      crontab: 'absent',
    }
    expect(await status()).toEqual([expect.objectContaining({ repo: 'uDOS/typo' }), before])
    for (const target of ['core', 'core/nightly']) expect(await status(target)).toEqual([before])
    expect(await status('typo')).toMatchObject([{ repo: 'uDOS/typo' }])
    expect((await run('SCHEDULE', 'STATUS', 'core/tests')).status).toBe(3)
    await run('WORKFLOW', 'RUN', '--due')
    await clock.pass(48 * 3_600_000)
    const overdue = { overdue: true, next_due_in_words: 'overdue for 1 day' }
    expect(await status('core')).toEqual([{ ...before, ...overdue }])
    const files = { '.github/workflows/nightly.yml': 'on: workflow_dispatch\njobs: {}\n' }
    await space.github.addRepository('uDOS/engine', { files })
    const [{ run_id }] = (await run('WORKFLOW', 'RUN', '--due', '--json')).json
    expect(await status('core')).toMatchObject([
      { run_id, last_run: '2026-01-16T12:00:00.000Z', next_due: '2026-01-17T01:00:00.000Z' },
    ])
    expect((await run('SCHEDULE', 'STATUS')).out).toMatch(/^core\/nightly\tevery day at 02:00 in /m)
  })

  it('is refused by name for GitHub Actions', async () => {
    const { space, run } = await open({ nightly })
    const print = () => run('SCHEDULE', 'PRINT', '--format', 'github-actions', '--json')
    const alone = await print()
    expect([alone.status, alone.err]).toEqual([2, expect.stringContaining('no run_schedule of')])
    await space.repos({ tools: [{ repo: 'typo', pull_schedule: '0 0 * * *' }] })
    const { status, json } = await print()
    expect([status, json]).toMatchObject([
      0,
      {
        run_schedules: [{ schedule: '0 2 * * *', timezone: 'Europe/Berlin', entries: 1 }],
        warnings: [expect.stringContaining('GitHub Actions gets no run_schedule')],
      },
    ])
    expect(json.files[0].content).not.toContain('0 2 * * *')
  })
})
