import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../src/index.js'

const tests = `name: Tests
on:
  push:
  workflow_dispatch:
    inputs:
      suite: { required: true }
      level: { type: choice, options: [low, high], default: low }
jobs:
  unit:
    name: Unit tests
    steps: [{ run: npm ci }, { name: Test, run: npm test }]
`

let github: LocalGitHub

beforeEach(() => start())
afterEach(() => github.close())

async function start(options: Parameters<typeof startLocalGitHub>[0] = {}) {
  await github?.close()
  github = await startLocalGitHub(options)
  await github.addRepository('uDOS/typo', {
    files: { '.github/workflows/tests.yml': tests, '.github/workflows/push.yaml': 'on: push\n' },
  })
}

async function call(method: string, path: string, body?: object, headers = {}) {
  const answer = await fetch(`${github.apiUrl}/repos/uDOS/typo/actions${path}`, {
    method,
    headers: { authorization: `Bearer ${github.token}`, ...headers },
    body: body && JSON.stringify(body),
    redirect: 'manual',
  })
  const text = await answer.text()
  const parsed = text.startsWith('{') ? JSON.parse(text) : text
  return { status: answer.status, headers: answer.headers, body: parsed }
}

const dispatch = (body: object, workflow = 'tests.yml') =>
  call('POST', `/workflows/${workflow}/dispatches`, { ref: 'main', ...body })

test('workflows are the files of the default branch, by id, file or path', async () => {
  const { body } = await call('GET', '/workflows')
  expect(body.workflows).toMatchObject([
    { name: '.github/workflows/push.yaml', path: '.github/workflows/push.yaml' },
    { name: 'Tests', path: '.github/workflows/tests.yml', state: 'active' },
  ])
  const { id } = body.workflows[1]
  expect((await call('GET', `/workflows/${id}`)).body).toEqual(body.workflows[1])
  expect((await call('GET', '/workflows/none.yml')).status).toBe(404)
})

test('a dispatch answers 204, or its run when asked', async () => {
  expect((await dispatch({ inputs: { suite: 'all' } })).status).toBe(204)
  const { status, body } = await dispatch({ inputs: { suite: 'all' }, return_run_details: true })
  expect(status).toBe(200)
  const run = (await call('GET', `/runs/${body.workflow_run_id}`)).body
  expect(run).toMatchObject({ event: 'workflow_dispatch', status: 'queued', run_number: 2 })
  expect(run.html_url).toBe(body.html_url)
})

test('older servers pass over return_run_details, or refuse it', async () => {
  await start({ runDetails: 'ignored' })
  const asked = { inputs: { suite: 'all' }, return_run_details: true }
  expect((await dispatch(asked)).status).toBe(204)
  await start({ runDetails: 'refused' })
  expect((await dispatch(asked)).status).toBe(422)
  expect(github.actions.runs('uDOS/typo')).toEqual([])
})

test('the version of the API decides whether a dispatch names its run', async () => {
  await start({})
  const versioned = (version: string, body: object) =>
    call('POST', '/workflows/tests.yml/dispatches', body, { 'x-github-api-version': version })
  const asked = { ref: 'main', inputs: { suite: 'all' } }
  expect((await versioned('2022-11-28', asked)).status).toBe(204)
  const named = await versioned('2026-03-10', asked)
  expect([named.status, named.body.workflow_run_id]).toEqual([200, expect.any(Number)])
  expect(named.headers.get('x-github-api-version-selected')).toBe('2026-03-10')
  expect((await versioned('2026-03-10', { ...asked, return_run_details: true })).status).toBe(422)
  expect((await versioned('2030-01-01', asked)).status).toBe(400)
  await start({ apiVersions: ['2022-11-28'] })
  expect((await versioned('2026-03-10', asked)).status).toBe(400)
})

test('what cannot be dispatched is 422, in words', async () => {
  const refusal = async (body: object, workflow?: string) => {
    const answer = await dispatch(body, workflow)
    return `${answer.status} ${answer.body.message}`
  }
  expect(await refusal({})).toBe("422 Required input 'suite' not provided")
  const inputs = { suite: 'x', more: 'y' }
  expect(await refusal({ inputs })).toBe('422 Unexpected inputs provided: ["more"]')
  expect(await refusal({ inputs: { suite: 'x', level: 'z' } })).toContain('allowed values')
  expect(await refusal({ ref: 'none' })).toBe('422 No ref found for: none')
  expect(await refusal({}, 'push.yaml')).toContain("does not have 'workflow_dispatch' trigger")
  await call('PUT', '/workflows/tests.yml/disable')
  expect(await refusal({ inputs: { suite: 'x' } })).toContain('disabled workflow')
})

test('runs are filtered, cancelled and run again', async () => {
  await github.branch('uDOS/typo', 'next')
  const first = await github.actions.add('uDOS/typo', { workflow: 'tests.yml' })
  await github.actions.add('uDOS/typo', { workflow: 'push.yaml', branch: 'next' })
  const ids = async (path: string) =>
    (await call('GET', path)).body.workflow_runs.map(({ id }: { id: number }) => id)
  expect(await ids('/runs?branch=main')).toEqual([first.id])
  expect(await ids('/workflows/push.yaml/runs?branch=main')).toEqual([])
  expect(await ids('/runs?created=%3E%3D2020-01-01')).toHaveLength(2)
  expect(await ids('/runs?created=2020-01-01..2020-02-01')).toEqual([])
  expect((await call('POST', `/runs/${first.id}/cancel`)).status).toBe(202)
  expect(await ids('/runs?status=cancelled')).toEqual([first.id])
  expect((await call('POST', `/runs/${first.id}/cancel`)).status).toBe(409)
  expect((await call('POST', `/runs/${first.id}/rerun`)).status).toBe(201)
  expect((await call('GET', `/runs/${first.id}`)).body).toMatchObject({
    run_attempt: 2,
    status: 'queued',
    conclusion: null,
  })
})

test('jobs, their steps and their logs', async () => {
  const run = await github.actions.add('uDOS/typo', { workflow: 'tests.yml' })
  const [job] = run.jobs
  expect((await call('GET', `/jobs/${job?.id}/logs`)).status).toBe(404)
  github.actions.start(run)
  expect((await call('GET', `/runs/${run.id}/logs`)).status).toBe(404)
  github.actions.finish(run, { conclusion: 'failure', logs: { 'Unit tests': 'not ok\n' } })
  const { body } = await call('GET', `/runs/${run.id}/jobs`)
  expect(body.jobs[0]).toMatchObject({
    name: 'Unit tests',
    conclusion: 'failure',
    steps: [
      { number: 1, name: 'Run npm ci', conclusion: 'success' },
      { number: 2, name: 'Test', conclusion: 'failure' },
    ],
  })
  const { status, headers } = await call('GET', `/jobs/${job?.id}/logs`)
  expect(status).toBe(302)
  expect(await (await fetch(headers.get('location') ?? '')).text()).toBe('not ok\n')
})

test('each attempt keeps its state, its jobs and its logs', async () => {
  const run = await github.actions.add('uDOS/typo', { workflow: 'tests.yml' })
  github.actions.finish(run, { conclusion: 'failure', logs: { 'Unit tests': 'not ok\n' } })
  await call('POST', `/runs/${run.id}/rerun`)
  const attempt = (number: number, rest = '') =>
    call('GET', `/runs/${run.id}/attempts/${number}${rest}`)
  expect((await attempt(1)).body).toMatchObject({ run_attempt: 1, conclusion: 'failure' })
  expect((await attempt(2)).body).toMatchObject({ run_attempt: 2, status: 'queued' })
  expect((await attempt(3)).status).toBe(404)
  expect((await attempt(1, '/jobs')).body.jobs[0]).toMatchObject({ run_attempt: 1 })
  expect((await attempt(1, '/logs')).status).toBe(302)
  expect((await attempt(2, '/logs')).status).toBe(404)
})

test('artifacts redirect to storage, need a token, and expire', async () => {
  const run = await github.actions.add('uDOS/typo', { workflow: 'tests.yml' })
  const artifact = github.actions.addArtifact(run, '..', [{ name: '../evil', content: 'x' }])
  const { body } = await call('GET', `/runs/${run.id}/artifacts`)
  expect(body).toMatchObject({ total_count: 1, artifacts: [{ name: '..', expired: false }] })
  expect((await call('GET', `/artifacts/${artifact.id}/zip`)).status).toBe(302)
  expect((await fetch(body.artifacts[0].archive_download_url)).status).toBe(401)
  artifact.expired = true
  expect((await call('GET', `/artifacts/${artifact.id}/zip`)).status).toBe(410)
})
