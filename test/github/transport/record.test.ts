import { describe, expect, it } from 'vitest'
import { formatRecord, type RequestRecord, record } from '../../../src/github/transport/record.js'
import { answer, get, lost, scripted } from '../support.js'

async function recorded(request: Parameters<typeof get>, reply: ReturnType<typeof answer> | Error) {
  const records: RequestRecord[] = []
  let time = 0
  const layer = record(() => (time += 12), 'https://api.test', {
    onStart: () => {},
    onRequest: (one) => records.push(one),
  })
  await layer(scripted(reply))(get(...request)).catch(() => undefined)
  return records.map(formatRecord)
}

describe('record', () => {
  it('tells method, path, status, time, id and calls left', async () => {
    const headers = { 'x-github-request-id': '0A:1', 'x-ratelimit-remaining': '4999' }
    expect(await recorded(['/repos/o/r?ref=main'], answer(200, headers))).toEqual([
      'GET /repos/o/r?ref=main 200 12 ms id=0A:1 left=4999',
    ])
  })

  it('tells what went wrong where no answer came', async () => {
    expect(await recorded(['/x'], lost('ECONNRESET'))).toEqual([
      'GET /x - 12 ms (api.test: ECONNRESET)',
    ])
  })

  it('hides what is secret in a query, and all of the query of other hosts', async () => {
    expect(await recorded(['/x?access_token=abc&client_secret=d&page=2'], answer())).toEqual([
      'GET /x?access_token=***&client_secret=***&page=2 200 12 ms',
    ])
    const storage = new URL('https://storage.test/blob?X-Amz-Signature=abc')
    expect(await recorded(['/', { url: storage }], answer())).toEqual([
      'GET https://storage.test/blob 200 12 ms',
    ])
  })
})
