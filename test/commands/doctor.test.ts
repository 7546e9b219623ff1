import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { afterEach, expect, it } from 'vitest'
import { fakeCrontab } from '../support/crontab.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
afterEach(() => work.close())

interface Check {
  name: string
  status: string
  detail: string
  remedy: string | null
}

async function doctor(args: string[] = [], env: Record<string, string> = {}) {
  const ended = await work.run(['DOCTOR', '--json', ...args], { env })
  const checks: Check[] = ended.json.checks
  const found = (name: string) => checks.find((one) => one.name === name)
  return { ...ended, checks, found }
}

it('all is well, without a change to anything, and no secret is told', async () => {
  work = await openWorkspace()
  await chmod(work.path('config/github.yaml'), 0o600)
  const { status, out, err, json, checks } = await doctor()
  expect({ status, err, ok: json.ok }).toEqual({ status: 0, err: '', ok: true })
  expect(out).not.toContain(work.github.token)
  expect(checks.map(({ name }) => name)).toEqual([
    ...['node', 'configuration', 'ROOT', 'logs', 'secrets', 'disk', 'lock', 'crontab'],
    ...['proxy', 'API', 'git', 'clock', 'token', 'rate limit'],
  ])
  const troubles = checks.filter((one) => one.status !== 'ok' && one.name !== 'disk')
  expect(troubles).toEqual([])
  const { requests } = work.github
  expect(requests.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true)
  const agents = new Set(requests.map(({ headers }) => headers['user-agent']))
  expect([...agents]).toEqual([expect.stringMatching(/^udos-wizard\/\d/)])
})

it.each([
  [3, 'warning'],
  [60, 'ok'],
])('a token that expires in %i days is told: %s', async (days, status) => {
  const tokenExpires = new Date(Date.now() + (days + 0.5) * 24 * 3600_000)
  work = await openWorkspace({ tokenExpires })
  const { status: exit, found } = await doctor()
  expect(exit).toBe(0)
  expect(found('token')).toMatchObject({
    status,
    detail: expect.stringContaining(`it expires ${tokenExpires.toISOString().slice(0, 19)}`),
  })
})

it('a proxy that nobody listens at is told without its password', async () => {
  work = await openWorkspace({ settings: { proxy: 'http://me:pa55word@127.0.0.1:9' } })
  const { status, out, err, found } = await doctor()
  expect(status).toBe(1)
  expect(found('API')?.detail).toContain('by 127.0.0.1:9')
  expect(found('proxy')?.detail).toContain('http://***@127.0.0.1:9')
  expect(out + err).not.toContain('pa55word')
})

it.each([
  [42, 'ok'],
  [9, 'warning'],
  [0, 'failed'],
])('without a token, %i requests that are left are told: %s', async (remaining, status) => {
  work = await openWorkspace({ settings: { token: null } })
  const reset = Math.floor(work.clock.now() / 1000) + 300
  const body = { resources: { core: { limit: 60, used: 60 - remaining, remaining, reset } } }
  work.github.fail({ path: /rate_limit$/, status: 200, body })
  expect((await doctor()).found('rate limit')).toEqual({
    name: 'rate limit',
    status,
    detail: `${remaining} of 60 requests without a token are left for 5 minutes`,
    remedy: status === 'ok' ? null : expect.stringContaining('GITHUB_TOKEN'),
  })
})

it('--offline asks nothing', async () => {
  work = await openWorkspace()
  expect((await doctor(['--offline'])).status).toBe(0)
  expect(work.github.requests).toEqual([])
})

it('what is wrong is exit 1, each with its remedy, and the rest is looked at all the same', async () => {
  work = await openWorkspace()
  work.github.fail({ path: /^\/user$/, status: 401, body: { message: 'Bad credentials' } })
  await writeFile(work.path('in-the-way'), '', { mode: 0o777 })
  const { status, err, found } = await doctor([], { WIZARD_ROOT: work.path('in-the-way') })
  expect(status).toBe(1)
  expect(JSON.parse(err).error.message).toMatch(/ROOT.*token/)
  expect(found('token')).toMatchObject({
    status: 'failed',
    remedy: expect.stringContaining('token'),
  })
  expect(found('ROOT')).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('not a folder'),
  })
  expect(found('git')?.status).toBe('ok')
})

it('a configuration that is wrong is told with its place, and stops what needs it', async () => {
  work = await openWorkspace()
  await work.write('config/repos.yaml', 'repos: 5\n')
  const { status, found } = await doctor()
  expect(status).toBe(1)
  expect(found('configuration')).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/repos\.yaml:1:8: /),
    remedy: expect.stringContaining('CONFIG VALIDATE'),
  })
  expect(found('API')).toBeUndefined()
})

it('a clock that is off, a server that is broken and a crontab of before are told', async () => {
  work = await openWorkspace()
  await work.repos({ tools: [{ repo: 'typo', pull_schedule: '0 0 * * *' }] })
  await mkdir(work.path('bin'))
  await work.write('bin/crontab', fakeCrontab)
  await chmod(work.path('bin/crontab'), 0o755)
  const headers = { date: 'Thu, 01 Jan 2026 00:00:00 GMT' }
  work.github.fail({ method: 'HEAD', status: 200, headers, times: 1 })
  work.github.fail({ method: 'HEAD', status: 503 })
  const env = { PATH: `${work.path('bin')}:/usr/bin:/bin` }
  const { status, found } = await doctor([], env)
  expect(status).toBe(1)
  expect(found('crontab')).toMatchObject({ status: 'warning' })
  expect([found('API')?.status, found('git')?.status].sort()).toEqual(['failed', 'ok'])
  const text = await work.run(['DOCTOR', '--quiet'], { env })
  expect(text.out).not.toMatch(/\tok\t/)
})

it('a file in the way of a destination has the remedy of that', async () => {
  work = await openWorkspace()
  await work.repos({ tools: [{ repo: 'typo' }] })
  await work.write('library', '')
  expect((await doctor(['--offline'])).found('configuration')).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('a part of it is a file'),
    remedy: expect.stringContaining('move the file away'),
  })
})

it('a file with a secret that others can read is told', { tags: ['deep'] }, async () => {
  work = await openWorkspace()
  await work.write('config/.env', 'GITHUB_TOKEN=ghp_1\n')
  for (const [file, mode] of [
    ['config/github.yaml', 0o640],
    ['config/.env', 0o604],
  ] as const) {
    await chmod(work.path('config/.env'), 0o600)
    await chmod(work.path('config/github.yaml'), 0o600)
    expect((await doctor(['--offline'])).found('secrets')?.status).toBe('ok')
    await chmod(work.path(file), mode)
    expect((await doctor(['--offline'])).found('secrets')).toMatchObject({
      status: 'warning',
      remedy: `chmod 600 ${work.path(file)}`,
    })
  }
  await work.write('config/.env', 'LANGUAGE=en\n')
  await chmod(work.path('config/.env'), 0o644)
  await chmod(work.path('config/github.yaml'), 0o600)
  expect((await doctor(['--offline'])).found('secrets')?.status).toBe('ok')
})

it('a crontab that is denied has the remedy of that', async () => {
  work = await openWorkspace()
  await work.repos({ tools: [{ repo: 'typo', pull_schedule: '0 0 * * *' }] })
  await mkdir(work.path('bin'))
  const denied = 'You (me) are not allowed to use this program (crontab)'
  await work.write('bin/crontab', `#!/bin/sh\necho '${denied}' >&2\nexit 1\n`)
  await chmod(work.path('bin/crontab'), 0o755)
  const { found } = await doctor(['--offline'], { PATH: `${work.path('bin')}:/usr/bin:/bin` })
  expect(found('crontab')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining(denied),
    remedy: expect.stringContaining('cron.allow'),
  })
})

it('stands alone: a word behind it is a mistake, and help has no empty verb', async () => {
  work = await openWorkspace()
  expect(await work.wizard('DOCTOR', 'token')).toMatchObject({ status: 2 })
  const { out } = await work.wizard('help', 'doctor')
  expect(out).toMatch(/^Examples:\n {2}wizard DOCTOR {2}/)
  expect((await work.wizard('dcotor')).err).toContain('did you mean DOCTOR?')
})
