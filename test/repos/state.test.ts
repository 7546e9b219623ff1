import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { SyncState } from '../../src/repos/state.js'

let root: string
let told: string[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wizard-state-'))
  told = []
  onTestFinished(() => rm(root, { recursive: true, force: true }))
})

const open = () => SyncState.open(root, (message) => told.push(message))
const file = () => join(root, '.wizard', 'state.json')

describe('the state', () => {
  it('holds, once a save is done, whatever was remembered before it was asked for', async () => {
    const state = await open()
    const held = Array.from({ length: 40 }, async (_, index) => {
      state.update(join(root, `library/${index}`), { repo: `uDOS/${index}`, made: true })
      await state.save()
      const text = await readFile(file(), 'utf8')
      return Object.keys(JSON.parse(text).repositories).includes(`library/${index}`)
    })
    expect(await Promise.all(held)).toEqual(held.map(() => true))
    expect((await open()).get(join(root, 'library/7'))).toMatchObject({ made: true })
    expect(((await stat(file())).mode & 0o777).toString(8)).toBe('600')
    expect(told).toEqual([])
  })

  it('saves again after a save', async () => {
    const state = await open()
    for (const repo of ['uDOS/one', 'uDOS/two']) {
      state.update(join(root, repo), { repo })
      await state.save()
    }
    expect((await open()).entries().map(([, { repo }]) => repo)).toEqual(['uDOS/one', 'uDOS/two'])
  })

  it('is left behind, and that is told, where it cannot be read', async () => {
    await (await open()).save()
    const lost = { version: 1, repositories: { one: { repo: 'uDOS/one', last_pull: 1e300 } } }
    for (const text of ['{"version":1,', JSON.stringify(lost)]) {
      await writeFile(file(), text)
      expect((await open()).entries()).toEqual([])
      expect(told.splice(0)).toEqual([`${file()} can't be read, so last pulls are not known`])
    }
  })

  it('that cannot be written is told, and no failure', async () => {
    await writeFile(join(root, '.wizard'), 'a file in its place')
    await (await open()).save()
    expect(told.some((message) => message.startsWith(`${file()} can't be written`))).toBe(true)
  })
})
