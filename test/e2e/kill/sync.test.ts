import { execFile } from 'node:child_process'
import { lstat, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, ended } from '../../support/wizard.js'
import { openWorkspace, reached, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let work: Workspace
const preload = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url))
const typo = 'library/tools/typo'
const files = {
  'a.txt': 'one\n',
  'b.txt': 'two\n',
  'deep/er/c.txt': 'three\n',
  'gone.txt': 'gone\n',
  'kind/x': 'in a folder\n',
  'run.sh': '#!/bin/sh\n',
  'mine.txt': 'before\n',
  'staged.txt': 'before\n',
  link: { symlink: 'a.txt' },
}

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files })
  await work.repos({ tools: [{ repo: 'typo' }] })
})
afterAll(() => work.close())

const sync = (env: Record<string, string>) =>
  work.spawn(['REPO', 'SYNC', '--json', '--lock-wait', '0'], {
    env,
    nodeArgs: ['--import', preload],
  })

/** The calls to kill at, out of those of an undisturbed run. */
async function points(wanted: number): Promise<number[]> {
  await sync({ COUNT_TO: work.path('count') })
  return killPoints(Number(await readFile(work.path('count'), 'utf8')), wanted)
}

/**
 * If data arrives in fewer pieces, there are fewer calls, and the last points may not be reached: then
 * the run ended normally.
 */
function expectKilled({ signal, status }: Ended, point: number, at: number[]): void {
  const isOver = signal === null && status === 0 && at.indexOf(point) >= at.length - 2
  expect([point, isOver ? 'SIGKILL' : signal]).toEqual([point, 'SIGKILL'])
}

async function expectWhole(status: string): Promise<void> {
  expect(await readdir(work.path('library/tools'))).toEqual(['typo'])
  expect(await work.git(typo, 'rev-parse', 'HEAD')).toBe(await work.github.oid('uDOS/typo'))
  expect(await work.git(typo, 'fsck', '--full', '--no-dangling')).toBe('')
  expect(await work.git(typo, 'status', '--porcelain')).toBe(status)
  const inside = await readdir(work.path(typo, '.git'), { recursive: true })
  expect(inside.filter((path) => /\.lock$|wizard|incoming|tmp_/.test(path))).toEqual([])
  expect(await readdir(work.path('.wizard'))).toEqual(['state.json'])
}

describe(`SIGKILL of REPO SYNC (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('at any point of a clone: absent or complete, and the next run converges', async () => {
    const outcomes = new Set<string>()
    const again = () => rm(work.path('library'), { recursive: true, force: true })
    const at = await points(6)
    for (const point of at) {
      await again()
      const killed = await sync({ KILL_AT: String(point) })
      expectKilled(killed, point, at)
      const there = (await readdir(work.path('library/tools')).catch((): string[] => [])).includes(
        'typo',
      )
      if (there) await assertComplete()
      const { json } = await sync({})
      outcomes.add(json.repositories[0].status)
      expect([point, json.repositories[0].error]).toEqual([point, null])
      await expectWhole('')
    }
    expect([...outcomes].sort()).toEqual(['cloned', 'unchanged'])
  })

  it('at any point of a pull: finished or undone by the next run, and local work is still there', async () => {
    await workLocally()
    await copy(typo, 'pristine')
    const to = await work.github.commit('uDOS/typo', {
      files: {
        'a.txt': 'one more\n',
        'deep/er/c.txt': 'three more\n',
        'deep/er/new/d.txt': 'four\n',
        'gone.txt': null,
        'kind/x': null,
        kind: 'a file now\n',
        'run.sh': { content: '#!/bin/sh\n', mode: '100755' },
        link: { symlink: 'b.txt' },
      },
    })
    const rewind = async () => {
      await rm(work.path(typo), { recursive: true })
      await copy('pristine', typo)
    }
    const outcomes = new Set<string>()
    const at = await points(8)
    for (const point of at) {
      await rewind()
      const killed = await sync({ KILL_AT: String(point) })
      expectKilled(killed, point, at)
      const { json } = await sync({})
      outcomes.add(json.repositories[0].status)
      expect([point, json.repositories[0]]).toMatchObject([point, { error: null, to }])
      await expectWhole(' M mine.txt\nM  staged.txt\n?? own\n?? untracked.txt')
      expect(await work.read(`${typo}/mine.txt`)).toBe('mine\n')
      expect((await lstat(work.path(typo, 'run.sh'))).mode & 0o111).toBe(0o111)
    }
    expect([...outcomes].sort()).toEqual(['unchanged', 'updated'])
  })

  it('while it holds the lock: the next run takes it over', async () => {
    await rm(work.path('library'), { recursive: true, force: true })
    const silence = work.github.fail({ origin: 'git', delay: 'forever', path: /typo/ })
    const killed = work.start(['REPO', 'SYNC'])
    const gone = ended(killed)
    await reached(silence)
    killed.kill('SIGKILL')
    expect((await gone).signal).toBe('SIGKILL')
    silence.remove()
    expect((await work.wizard('REPO', 'SYNC', '--lock-wait', '0')).status).toBe(0)
    expect(await readdir(work.path('library/tools'))).toEqual(['typo'])
  })

  const copy = (from: string, to: string) =>
    promisify(execFile)('cp', ['--archive', work.path(from), work.path(to)])

  async function workLocally() {
    await writeFile(work.path(typo, 'mine.txt'), 'mine\n')
    await writeFile(work.path(typo, 'untracked.txt'), 'mine\n')
    await writeFile(work.path(typo, 'staged.txt'), 'mine\n')
    await work.git(typo, 'add', 'staged.txt')
    await symlink('nowhere', work.path(typo, 'own'))
  }

  const assertComplete = async () => {
    expect(await work.git(typo, 'status', '--porcelain')).toBe('')
    expect(await work.git(typo, 'fsck', '--full')).toBe('')
  }
})
