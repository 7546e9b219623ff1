import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openReleases, releasesOn } from '../support/releases.js'
import { bareEnvironment, executable } from '../support/wizard.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { answering, onTerminal } from './support/terminal.js'

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace({ settings: { retry_attempts: 0 } })
  const files = { 'a.txt': 'one\n', 'big.txt': 'a line of some length\n'.repeat(40_000) }
  await work.github.addRepository('uDOS/typo', { files })
  await work.repos({ tools: [{ repo: 'typo' }] })
  await work.wizard('REPO', 'SYNC')
})
afterAll(() => work.close())

describe('stdout', () => {
  it('a reader that goes early is no failure', { tags: ['deep'] }, async () => {
    const command = `"${process.execPath}" "${executable}" REPO CAT typo big.txt | head -c 5; echo " $PIPESTATUS"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command], {
      cwd: work.root,
      env: bareEnvironment(work.root),
    })
    expect([stdout, stderr]).toEqual(['a lin 0\n', ''])
  })

  it('all of a long result goes through a pipe', { tags: ['deep'] }, async () => {
    const { stdout } = await work.spawn(['REPO', 'CAT', 'typo', 'big.txt'])
    expect(stdout.length).toBe(880_000)
  })

  it('a full one is an error of one line', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [executable, '--help'], {
      stdio: ['ignore', full, 'pipe'],
      env: bareEnvironment(work.root),
    })
    let err = ''
    child.stderr?.on('data', (chunk) => {
      err += chunk
    })
    const [status] = await once(child, 'close')
    expect([status, err]).toEqual([
      1,
      "error: stdout can't be written: no space is left on the disk\n",
    ])
  })
})

describe('stderr', { tags: ['deep'] }, () => {
  it('RELEASE PUBLISH goes on where nobody reads its progress any more', async () => {
    const space = await openReleases()
    onTestFinished(() => space.close())
    const child = space.start(['RELEASE', 'PUBLISH', 'core'])
    child.stderr?.destroy()
    const [status] = await once(child, 'close')
    expect([status, releasesOn(space).map(({ draft }) => draft)]).toEqual([0, [false]])
  })
})

describe('a terminal', () => {
  it('shows live lines, then the table, and has its cursor back', { tags: ['deep'] }, async () => {
    const run = { cwd: work.root, columns: 70 }
    await mkdir(work.path('live'))
    const { shown } = await onTerminal(['REPO', 'CLONE-ALL', '--root', work.path('live')], run)
    expect(shown).toMatch(/uDOS\/typo {2}\w+/)
    expect(shown).toMatch(/1 repository: 1 cloned in /)
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'))
  })

  it.each([
    ['y', 0, '1 repository: 1 unchanged in '],
    ['\u0003', 130, 'interrupted'],
  ])('%j answers a question', async (answer, status, text) => {
    const run = await answering(answer, ['REPO', 'RESET', 'typo'], { cwd: work.root })
    expect(run.shown).toContain('Reset uDOS/typo?')
    expect([run.status, run.shown]).toEqual([status, expect.stringContaining(text)])
  })
})
