import { chmod, mkdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
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
    expect.stringContaining('No entry has a pull_schedule, so your crontab needs nothing'),
    expect.not.stringContaining('SCHEDULE REMOVE'),
    { name: 'crontab', status: 'ok', detail: 'no entry has a pull_schedule' },
  ])
  await other.close()
})

it('INSTALL edits the crontab alone', async () => {
  const { status, err } = await schedule('INSTALL', '--format', 'systemd', '--yes')
  expect(status).toBe(2)
  expect(err).toContain('hint: SCHEDULE PRINT --format systemd')
})
