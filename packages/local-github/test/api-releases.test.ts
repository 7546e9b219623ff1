import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub

beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo')
})

afterEach(() => github.close())

interface Call {
  body?: string | Buffer | object
  headers?: Record<string, string>
}

async function call(method: string, url: string, { body, headers = {} }: Call = {}) {
  const address = url.startsWith('http') ? url : `${github.apiUrl}/repos/uDOS/typo${url}`
  const sent = body === undefined || typeof body === 'string' ? body : payload(body)
  const answer = await fetch(address, {
    method,
    headers: { authorization: `Bearer ${github.token}`, ...headers },
    body: sent,
    redirect: 'manual',
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  }
}

const payload = (body: Buffer | object) =>
  Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body)

async function create(release: { tag_name: string } & Record<string, unknown>) {
  return (await call('POST', '/releases', { body: release })).body
}

const upload = (release: { upload_url: string }, name: string, body: string | Buffer) =>
  call('POST', release.upload_url.replace('{?name,label}', `?name=${encodeURIComponent(name)}`), {
    body,
    headers: { 'content-type': 'text/plain' },
  })

test('a draft makes no tag, shares its tag, and is seen by writers alone', async () => {
  const draft = await create({ tag_name: 'v1', draft: true })
  await create({ tag_name: 'v1', draft: true })
  expect((await call('GET', '/releases')).body).toHaveLength(2)
  expect(await (await fetch(`${github.apiUrl}/repos/uDOS/typo/releases`)).json()).toEqual([])
  expect((await call('GET', '/releases/tags/v1')).status).toBe(404)
  expect(Object.keys(await github.refs('uDOS/typo'))).toEqual(['refs/heads/main'])
  const { body } = await call('PATCH', `/releases/${draft.id}`, { body: { draft: false } })
  expect(body.published_at).toMatch(/Z$/)
  expect(await github.oid('uDOS/typo', 'refs/tags/v1')).toBe(await github.oid('uDOS/typo'))
  expect((await call('GET', '/releases/tags/v1')).body.id).toBe(draft.id)
})

test('a published tag is taken, an unknown target and a long body are refused', async () => {
  await create({ tag_name: 'v1' })
  const again = await create({ tag_name: 'v1' })
  expect(again.errors).toEqual([{ resource: 'Release', code: 'already_exists', field: 'tag_name' }])
  const nowhere = await create({ tag_name: 'v2', target_commitish: 'none' })
  expect(nowhere.errors[0].field).toBe('target_commitish')
  const long = await create({ tag_name: 'v2', body: 'x'.repeat(125_001) })
  expect(long.errors[0].message).toContain('125000')
})

test('latest is the newest published, unless told otherwise', async () => {
  const latest = async () => (await call('GET', '/releases/latest')).body.tag_name
  await create({ tag_name: 'v2.0.0' })
  await create({ tag_name: 'v3.0.0-rc.1', prerelease: true })
  expect(await latest()).toBe('v2.0.0')
  await create({ tag_name: 'v1.0.1', make_latest: 'legacy' })
  expect(await latest()).toBe('v2.0.0')
  await create({ tag_name: 'v1.0.2', make_latest: 'false' })
  expect(await latest()).toBe('v2.0.0')
  await create({ tag_name: 'v1.0.3' })
  expect(await latest()).toBe('v1.0.3')
})

test('an asset has its digest and GitHub’s name, and comes from storage without the token', async () => {
  const release = await create({ tag_name: 'v1', draft: true })
  const { status, body } = await upload(release, 'my file (1).txt', 'hello')
  expect(status).toBe(201)
  expect(body).toMatchObject({ name: 'my.file.1.txt', size: 5, state: 'uploaded' })
  expect(body.digest).toBe(
    'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  )
  const taken = await upload(release, 'my file (1).txt', 'other')
  expect(taken.body.errors[0]).toMatchObject({ code: 'already_exists', field: 'name' })
  const octets = { headers: { accept: 'application/octet-stream' } }
  const { status: moved, headers } = await call('GET', body.url, octets)
  expect(moved).toBe(302)
  const location = headers.get('location') ?? ''
  expect(location.startsWith(github.storageUrl)).toBe(true)
  expect((await call('GET', location)).status).toBe(400)
  expect(await (await fetch(location)).text()).toBe('hello')
  await call('PATCH', `/releases/${release.id}`, { body: { draft: false } })
  const page = await fetch(`${github.gitUrl}/uDOS/typo/releases/download/v1/my.file.1.txt`)
  expect(await page.text()).toBe('hello')
})

test('an upload that breaks off leaves an asset that is not uploaded', async () => {
  const release = await create({ tag_name: 'v1', draft: true })
  const url = release.upload_url.replace('{?name,label}', '?name=big.bin')
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${github.token}`, 'content-length': '1000000' }
    const sending = httpRequest(url, { method: 'POST', headers })
    sending.on('error', () => resolve())
    sending.write(Buffer.alloc(1000), () => sending.destroy(new Error('cut')))
  })
  const assets = async () => (await call('GET', `/releases/${release.id}/assets`)).body
  await expect.poll(assets).toMatchObject([{ name: 'big.bin', state: 'starter', digest: null }])
  expect((await upload(release, 'big.bin', 'again')).status).toBe(422)
  const [{ id }] = await assets()
  expect((await call('DELETE', `/releases/assets/${id}`)).status).toBe(204)
  expect((await upload(release, 'big.bin', 'again')).status).toBe(201)
})

test('an answer lost after an upload leaves the asset uploaded', async () => {
  const release = await create({ tag_name: 'v1', draft: true })
  github.fail({ origin: 'upload', dropAnswer: true, times: 1 })
  await expect(upload(release, 'a.bin', 'bytes')).rejects.toThrow()
  expect((await call('GET', `/releases/${release.id}`)).body.assets).toMatchObject([
    { name: 'a.bin', state: 'uploaded', size: 5 },
  ])
})

test('an immutable release refuses more assets', async () => {
  github.world.require('uDOS/typo').immutableReleases = true
  const release = await create({ tag_name: 'v1' })
  expect(release.immutable).toBe(true)
  expect((await upload(release, 'late.txt', 'x')).status).toBe(422)
})

test('a deleted immutable release keeps its tag from every other, which a draft does not show', async () => {
  github.world.require('uDOS/typo').immutableReleases = true
  const release = await create({ tag_name: 'v1' })
  await call('DELETE', `/releases/${release.id}`)
  const draft = await create({ tag_name: 'v1', draft: true })
  const { status, body } = await call('PATCH', `/releases/${draft.id}`, { body: { draft: false } })
  expect([status, body.errors[1].message]).toEqual([
    422,
    'tag_name was used by an immutable release',
  ])
})

test('an empty asset is refused, and leaves nothing', async () => {
  const release = await create({ tag_name: 'v1', draft: true })
  const { status, body } = await upload(release, 'empty.bin', '')
  const message = 'size must be greater than or equal to 1'
  expect([status, body.errors[0]]).toEqual([422, expect.objectContaining({ message })])
  expect((await call('GET', `/releases/${release.id}/assets`)).body).toEqual([])
})

test('neither a draft nor a pre-release can be made the latest', async () => {
  const message = 'Latest release cannot be draft or prerelease.'
  const latest = { make_latest: 'true' }
  for (const kind of [{ draft: true }, { prerelease: true }]) {
    expect((await create({ tag_name: 'v1', ...kind, ...latest })).errors[0].message).toBe(message)
    const { id } = await create({ tag_name: `v2-${Object.keys(kind)}`, ...kind })
    const { body } = await call('PATCH', `/releases/${id}`, { body: latest })
    expect(body.errors[0].message).toBe(message)
  }
})

test('notes are made of what is new since the latest', async () => {
  await create({ tag_name: 'v1' })
  await github.commit('uDOS/typo', { message: 'Fix the cursor\n\nIt jumped.' })
  const { body } = await create({ tag_name: 'v2', generate_release_notes: true })
  expect(body).toBe(
    `## What's Changed\n* Fix the cursor\n\n**Full Changelog**: ${github.gitUrl}/uDOS/typo/compare/v1...v2`,
  )
})

test('an archived repository is read-only', async () => {
  github.world.require('uDOS/typo').archived = true
  expect((await call('POST', '/releases', { body: { tag_name: 'v1' } })).status).toBe(403)
})
