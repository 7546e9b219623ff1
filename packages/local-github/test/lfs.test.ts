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
    actions?: Record<string, { href: string; header?: Record<string, string>; expires_at: string }>
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
  expect(whole).toHaveLength(big.size)
  expect(createHash('sha256').update(whole).digest('hex')).toBe(big.oid)
  const rest = await fetch(href, { headers: { range: `bytes=${1024 * 1024 - 3}-` } })
  expect(whole.subarray(1024 * 1024 - 3).equals(Buffer.from(await rest.arrayBuffer()))).toBe(true)
})
