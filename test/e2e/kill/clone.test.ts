import { readdir, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ended } from '../../support/wizard.js'
import { openWorkspace, reached, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let work: Workspace
const preload = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url))
const leftover = /^\.wizard-clone-/

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n', 'b/c.txt': 'c\n' } })
  await work.github.addRepository('uDOS/slow', { files: { 'a.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo', destination: 'tools/typo' }] })
})
afterAll(() => work.close())

const names = (folder: string) => readdir(work.path(folder)).catch((): string[] => [])
const clone = (env: Record<string, string>) =>
  work.spawn(['REPO', 'CLONE', 'uDOS/typo', 'tools/typo', '--json'], {
    env,
    nodeArgs: ['--import', preload],
  })

/** Each leaves the folder without a leftover, whether it has anything to do or not. */
const nextRuns: string[][] = [
  ['CLONE', 'uDOS/typo', 'tools/typo'],
  ['PULL', './tools/typo'],
  ['PULL', 'typo'],
  ['SYNC'],
]

describe(`SIGKILL of REPO CLONE (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('at any point: absent or complete, and the next run removes the leftovers', async () => {
    await clone({ COUNT_TO: work.path('count') })
    const steps = Number(await readFile(work.path('count'), 'utf8'))
    let left = 0
    for (const [index, point] of killPoints(steps, 8).entries()) {
      await rm(work.path('tools'), { recursive: true, force: true })
      await clone({ KILL_AT: String(point) })
      const after = await names('tools')
      if (after.includes('typo')) expect(await work.git('tools/typo', 'status', '-s')).toBe('')
      if (after.some((name) => leftover.test(name))) left++
      await work.wizard('REPO', ...(nextRuns[index % nextRuns.length] ?? []))
      expect([point, await names('tools')]).toEqual([point, (await names('tools')).filter(isClone)])
    }
    expect(left).toBeGreaterThan(1)
  })

  it('every next run cleans up, but never what a living clone builds', async () => {
    for (const verb of nextRuns) {
      await rm(work.path('tools'), { recursive: true, force: true })
      const silence = work.github.fail({
        origin: 'git',
        delay: 'forever',
        path: /slow/,
        asking: /want /,
      })
      const [dead, living] = [begin('tools/dead'), begin('tools/living')]
      await reached(silence, 2)
      dead.child.kill('SIGKILL')
      await dead.over
      expect(await leftovers()).toEqual([...madeFor('dead'), ...madeFor('living')])
      await work.wizard('REPO', ...verb)
      expect([verb, await leftovers()]).toEqual([verb, madeFor('living')])
      living.child.kill('SIGKILL')
      await living.over
      silence.remove()
    }
  })
})

const leftovers = async () =>
  (await names('tools'))
    .filter((name) => leftover.test(name))
    .map((name) => name.replace(/-[0-9a-f]{12}/, ''))
    .sort()
const madeFor = (name: string) => [`.wizard-clone-${name}`, `.wizard-clone-${name}.owner`]

const isClone = (name: string) => name === 'typo'

function begin(destination: string) {
  const child = work.start(['REPO', 'CLONE', 'uDOS/slow', destination])
  return { child, over: ended(child) }
}
