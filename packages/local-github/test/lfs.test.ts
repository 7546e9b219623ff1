import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LfsObject, type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub
beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo')
})
afterEach(() => github.close())

const media = 'application/vnd.git-lfs+json'
const headers = { accept: media, 'content-type': media }

const basic = (token: string) => ({
  authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
})

function batch(
  body: object | string,
  { name = 'uDOS/typo.git', more = {} as Record<string, string> } = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const address = `${github.gitUrl}/${name}/info/lfs/objects/batch`
  return fetch(address, { method: 'POST', headers: { ...headers, ...more }, body: text })
}

interface Answer {
  objects: {
    oid: string
    size: number
    actions?: Record<string, { href: string; header?: Record<string, string> }>
    error?: { code: number; message: string }
  }[]
}

const answerTo = async (body: object) => (await (await batch(body)).json()) as Answer

const download = (...objects: Pick<LfsObject, 'oid' | 'size'>[]) => ({
  operation: 'download',
  transfers: ['basic'],
  objects: objects.map(({ oid, size }) => ({ oid, size })),
})

/** Where storage has an object. */
async function hrefOf(object: LfsObject): Promise<string> {
  const [answer] = (await answerTo(download(object))).objects
  return answer?.actions?.download?.href ?? ''
}

test('a batch says where objects are, and which are missing', async () => {
  const photo = await github.addLfsObject('uDOS/typo', 'a photo')
  expect(photo).toEqual({
    oid: createHash('sha256').update('a photo').digest('hex'),
    size: 7,
    pointer: `version https://git-lfs.github.com/spec/v1\noid sha256:${photo.oid}\nsize 7\n`,
  })
  const gone = await github.addLfsObject('uDOS/typo', 'another')
  await github.removeLfsObject('uDOS/typo', gone.oid)
  const response = await batch(download(photo, gone), { name: 'uDOS/typo' })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, media])
  const { objects } = (await response.json()) as Answer
  const { oid, size } = photo
  const href = expect.stringMatching(`^${github.storageUrl}/`)
  expect(objects).toEqual([
    {
      oid,
      size,
      actions: { download: { href, expires_at: expect.any(String), expires_in: 3600 } },
    },
    { oid: gone.oid, size: 7, error: { code: 404, message: expect.stringMatching(/not exist/) } },
  ])
  const bytes = await fetch(objects[0]?.actions?.download?.href ?? '')
  expect(await bytes.text()).toBe('a photo')
})

test('storage gives the rest of an object, and refuses the credential of the API', async () => {
  const href = await hrefOf(await github.addLfsObject('uDOS/typo', '0123456789'))
  const range = async (wanted: string) => {
    const answer = await fetch(href, { headers: { range: wanted } })
    const text = answer.ok ? await answer.text() : ''
    return [answer.status, answer.headers.get('content-range'), text]
  }
  expect(await range('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
  expect(await range('bytes=2-3')).toEqual([206, 'bytes 2-3/10', '23'])
  expect(await range('bytes=-1')).toEqual([206, 'bytes 9-9/10', '9'])
  expect(await range('bytes=10-')).toEqual([416, 'bytes */10', ''])
  expect((await fetch(href, { headers: basic(github.token) })).status).toBe(400)
})

test('bytes of a seed are the same at every place they are read from', async () => {
  const big = await github.addLfsObject('uDOS/typo', { seed: 7, size: 3 * 1024 * 1024 + 5 })
  const href = await hrefOf(big)
  const whole = Buffer.from(await (await fetch(href)).arrayBuffer())
  expect(whole.length).toBe(big.size)
  expect(createHash('sha256').update(whole).digest('hex')).toBe(big.oid)
  const rest = await fetch(href, { headers: { range: `bytes=${1024 * 1024 - 3}-` } })
  expect(whole.subarray(1024 * 1024 - 3).equals(Buffer.from(await rest.arrayBuffer()))).toBe(true)
})

test('an address expires', async () => {
  const now = new Date('2026-02-01T10:00:00Z')
  const old = await startLocalGitHub({ now: () => now })
  try {
    await old.addRepository('uDOS/typo')
    const photo = await old.addLfsObject('uDOS/typo', 'a photo')
    const address = `${old.gitUrl}/uDOS/typo/info/lfs/objects/batch`
    const body = JSON.stringify(download(photo))
    const [object] = (
      (await (await fetch(address, { method: 'POST', headers, body })).json()) as Answer
    ).objects
    expect(object?.actions?.download).toMatchObject({ expires_at: '2026-02-01T11:00:00Z' })
    const href = object?.actions?.download?.href ?? ''
    now.setMinutes(59)
    expect((await fetch(href)).status).toBe(200)
    now.setMinutes(60)
    expect((await fetch(href)).status).toBe(403)
  } finally {
    await old.close()
  }
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const upload = (text: string) => ({
  operation: 'upload',
  objects: [{ oid: sha256(text), size: text.length }],
})

const asWriter = () => ({ more: basic(github.token) })

test('an upload goes to storage with the headers of its action, and can be verified', async () => {
  const response = await batch(upload('a photo'), asWriter())
  const { upload: put, verify } = ((await response.json()) as Answer).objects[0]?.actions ?? {}
  const send = (body: string, signed = put?.header ?? {}) =>
    fetch(put?.href ?? '', { method: 'PUT', headers: signed, body })
  const check = () => {
    const [object] = upload('a photo').objects
    const signed = { ...basic(github.token), ...verify?.header }
    return fetch(verify?.href ?? '', {
      method: 'POST',
      headers: signed,
      body: JSON.stringify(object),
    })
  }
  expect((await send('a photo', basic(github.token))).status).toBe(403)
  expect((await send('A photo')).status).toBe(400)
  expect((await send('a phot')).status).toBe(400)
  expect((await check()).status).toBe(404)
  expect((await send('a photo')).status).toBe(200)
  expect((await check()).status).toBe(200)
  const [again] = ((await (await batch(upload('a photo'), asWriter())).json()) as Answer).objects
  expect(again).toEqual({ oid: sha256('a photo'), size: 7 })
  const photo = { oid: sha256('a photo'), size: 7, pointer: '' }
  expect(await (await fetch(await hrefOf(photo))).text()).toBe('a photo')
})

test('an object that can not be one is refused by itself', async () => {
  const objects = [
    { oid: 'abc', size: 7 },
    { oid: sha256(''), size: -1 },
    { oid: sha256('x'), size: 2 ** 31 + 1 },
  ]
  const answer = await batch({ operation: 'upload', objects }, asWriter())
  const errors = ((await answer.json()) as Answer).objects.map(({ error }) => error?.code)
  expect(errors).toEqual([422, 422, 422])
})

test('who asks decides the status, and a renamed repository says where it is', async () => {
  const statusOf = async (...asked: Parameters<typeof batch>) => (await batch(...asked)).status
  const wrong = { more: basic('ghp_wrong') }
  await github.addRepository('uDOS/secret', { private: true })
  const secret = await batch(download(), { name: 'uDOS/secret.git' })
  const realm = 'Basic realm="GitHub"'
  expect(secret.status).toBe(401)
  expect(secret.headers.get('lfs-authenticate')).toBe(realm)
  expect(secret.headers.get('www-authenticate')).toBe(realm)
  expect(await statusOf(download(), { name: 'uDOS/secret.git', ...asWriter() })).toBe(200)
  expect(await statusOf(download(), wrong)).toBe(401)
  expect(await statusOf(download(), { name: 'uDOS/none' })).toBe(401)
  expect(await statusOf(download(), { name: 'uDOS/none', ...asWriter() })).toBe(404)
  expect(await statusOf(upload('x'))).toBe(401)
  github.world.require('uDOS/secret').archived = true
  expect(await statusOf(upload('x'), { name: 'uDOS/secret', ...asWriter() })).toBe(403)
  github.rename('uDOS/typo', 'uDOS/editor')
  const address = `${github.gitUrl}/uDOS/typo.git/info/lfs/objects/batch`
  const moved = await fetch(address, { method: 'POST', headers, redirect: 'manual' })
  expect(moved.status).toBe(301)
  expect(moved.headers.get('location')).toBe(
    `${github.gitUrl}/uDOS/editor.git/info/lfs/objects/batch`,
  )
})

test('a token that may only read downloads, and pushes neither objects nor commits', async () => {
  const limited = await startLocalGitHub({ readOnlyTokens: ['ghp_reader'] })
  try {
    await limited.addRepository('uDOS/typo', { private: true })
    const post = async (path: string, body: object) => {
      const address = `${limited.gitUrl}/uDOS/typo.git/${path}`
      const more = { ...headers, ...basic('ghp_reader') }
      return (await fetch(address, { method: 'POST', headers: more, body: JSON.stringify(body) }))
        .status
    }
    expect(await post('info/lfs/objects/batch', download())).toBe(200)
    expect(await post('info/lfs/objects/batch', upload('x'))).toBe(403)
    expect(await post('info/lfs/locks/verify', {})).toBe(403)
    expect(await post('git-receive-pack', {})).toBe(403)
  } finally {
    await limited.close()
  }
})

test('a request of another shape is refused', async () => {
  const statusOf = async (...asked: Parameters<typeof batch>) => (await batch(...asked)).status
  expect(await statusOf(download(), { more: { accept: 'application/json' } })).toBe(406)
  expect(await statusOf('{')).toBe(422)
  expect(await statusOf('null')).toBe(422)
  expect(await statusOf({ operation: 'delete', objects: [] })).toBe(422)
  expect(await statusOf({ operation: 'download' })).toBe(422)
  expect(await statusOf({ operation: 'download', objects: [{ oid: 1, size: 1 }] })).toBe(422)
  expect(await statusOf({ ...download(), hash_algo: 'sha1' })).toBe(409)
  expect(await statusOf({ ...download(), hash_algo: 'sha256' })).toBe(200)
})

test('an enterprise server has it on the one origin that it has', async () => {
  const server = await startLocalGitHub({ prefix: '/api/v3' })
  try {
    await server.addRepository('uDOS/typo')
    const photo = await server.addLfsObject('uDOS/typo', 'a photo')
    const address = `${new URL(server.apiUrl).origin}/uDOS/typo.git/info/lfs/objects/batch`
    const body = JSON.stringify(download(photo))
    const { objects } = (await (
      await fetch(address, { method: 'POST', headers, body })
    ).json()) as Answer
    expect(objects).toMatchObject([{ oid: photo.oid, actions: { download: {} } }])
  } finally {
    await server.close()
  }
})
