import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../../support/workspace.js'

let space: Workspace

beforeAll(async () => {
  space = await openWorkspace()
  for (const name of ['one', 'two'])
    await space.github.addRepository(`uDOS/${name}`, { files: { 'a.txt': 'a\n' } })
  await space.repos({
    library: [
      { repo: 'one', destination: 'one' },
      { repo: 'two', destination: 'two' },
    ],
  })
  await space.wizard('REPO', 'SYNC')
  // A power cut may leave this of a file.
  await space.write('one/.git/HEAD', '\0\0\0\0')
})

afterAll(() => space.close())

it('SYNC fails a damaged clone alone, and goes on with the others', async () => {
  await space.github.commit('uDOS/two', { files: { 'new.txt': 'new\n' } })
  const { status, json } = await space.wizard('REPO', 'SYNC', '--json')
  expect(status).toBe(1)
  expect(json.repositories).toMatchObject([
    {
      repo: 'uDOS/one',
      status: 'failed',
      error: { code: 'FAILED', hint: expect.stringContaining('git status') },
    },
    { repo: 'uDOS/two', status: 'updated', error: null },
  ])
  expect(await space.read('one/.git/HEAD')).toBe('\0\0\0\0')
})

it('STATUS and LIST --local tell the damaged one, and show the others', async () => {
  const status = (await space.wizard('REPO', 'STATUS', '--json')).json
  expect(status).toMatchObject([
    { repo: 'uDOS/one', error: { code: 'FAILED' } },
    { repo: 'uDOS/two', state: 'up-to-date' },
  ])
  const list = (await space.wizard('REPO', 'LIST', '--local', '--json')).json
  expect(list).toMatchObject([{ error: { code: 'FAILED' } }, { present: true, error: null }])
})
