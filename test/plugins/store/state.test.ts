import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { readStates, stateOf, writeStates } from '../../../src/plugins/store/state.js'
import { temporaryRoot } from '../support.js'

let path: string
let own: string
let warnings: string[]
beforeEach(async () => {
  const paths = await temporaryRoot()
  await mkdir(paths.own, { recursive: true })
  path = paths.state
  own = paths.own
  warnings = []
})
const read = () => readStates(path, (message) => warnings.push(message))
const usual = { enabled: true, pinned: false, latest: null }

describe('the state of plugins', () => {
  it('is as usual where nothing was said', () => {
    expect([stateOf(read(), 'micro'), warnings]).toEqual([usual, []])
  })

  it('is read as it was written', async () => {
    const latest = { tag: 'v2.0.0', version: null }
    const states = new Map([['micro', { enabled: false, pinned: true, latest }]])
    await writeStates(path, states)
    expect(read()).toEqual(states)
    expect(stateOf(read(), 'other')).toEqual(usual)
  })

  it.each<[object, object]>([
    [{}, usual],
    [{ enabled: 'no', pinned: 'yes', latest: 'v1' }, usual],
    [
      { enabled: false, pinned: true },
      { enabled: false, pinned: true, latest: null },
    ],
    [{ latest: { version: '1.0.0' } }, usual],
    [{ latest: { tag: 'v1', version: 7 } }, { ...usual, latest: { tag: 'v1', version: null } }],
  ])('takes of %j what is right', async (one, expected) => {
    await writeFile(path, JSON.stringify({ plugins: { micro: one } }))
    expect([stateOf(read(), 'micro'), warnings]).toEqual([expected, []])
  })

  it.each(['', '{', '[]', '{"plugins":[]}', '{"plugins":{"a":1}}'])(
    'that is damaged is told, and kept beside the new one: %j',
    async (text) => {
      await writeFile(path, text)
      expect(read().size).toBe(0)
      expect(warnings).toEqual([expect.stringContaining(`can't read ${path}`)])
      await writeStates(path, new Map())
      expect(await readFile(`${path}.damaged`, 'utf8')).toBe(text)
      expect((await readdir(own)).sort()).toEqual(['state.json', 'state.json.damaged'])
    },
  )
})
