import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { openReleases, releasesOn } from '../support/releases.js'
import { bareEnvironment, ended, executable } from '../support/wizard.js'
import { openWorkspace, reached, type Workspace } from '../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

async function open(token?: string): Promise<void> {
  space = await openWorkspace(token ? { tokens: [token], settings: { token: undefined } } : {})
  await space.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  await space.repos({ tools: [{ repo: 'typo' }] })
}

it('a current folder that was removed is an error of one line', { tags: ['deep'] }, async () => {
  await open()
  const gone = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"`
  const run = async (...args: string[]) => {
    const command = ['-c', gone, process.execPath, executable, ...args]
    return ended(spawn('sh', command, { cwd: space.root, env: bareEnvironment(space.root) }))
  }
  expect(await run('REPO', 'SYNC')).toMatchObject({
    status: 2,
    err: 'error: the current folder no longer exists\nhint: cd to one that does\n',
  })
  expect(await run('REPO', '--help')).toMatchObject({ status: 0, err: '' })
})

it('--due is in local time', { tags: ['deep'] }, async () => {
  await open()
  await space.wizard('REPO', 'SYNC')
  const now = new Date()
  const inTwoHours = (now.getUTCHours() + 2) % 24
  const schedule = { pull_schedule: `${now.getUTCMinutes()} ${inTwoHours} * * *` }
  await space.repos({ tools: [{ repo: 'typo', ...schedule }] })
  const state = JSON.parse(await space.read('.wizard/state.json'))
  state.repositories['library/tools/typo'].last_attempt = Date.now() - 3_600_000
  await writeFile(space.path('.wizard/state.json'), JSON.stringify(state))
  const due = async (TZ: string) => {
    const args = ['REPO', 'SYNC', '--due', '--dry-run', '--json']
    const { json } = await space.spawn(args, { env: { TZ } })
    return json.repositories
  }
  expect(await due('UTC')).toMatchObject([{ planned: 'skipped', reason: 'not-due' }])
  // Two hours ahead of UTC it is that time now.
  expect(await due('Etc/GMT-2')).toMatchObject([{ planned: 'unchanged' }])
})

it('a token is in no argument or environment of a process that was started', {
  tags: ['deep'],
}, async () => {
  const token = '5f0a9c7e3b1d48260f9e7c5a3b1d486201234567'
  await open(token)
  const silence = space.github.fail({ origin: 'git', delay: 'forever' })
  const child = space.start(['REPO', 'CLONE', 'typo', 'hanging'], { env: { GITHUB_TOKEN: token } })
  const end = ended(child)
  await reached(silence)
  const family = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  const line = await readFile(`/proc/${child.pid}/cmdline`, 'utf8')
  expect([family.trim(), line.includes(token)]).toEqual(['', false])
  child.kill('SIGINT')
  expect((await end).status).toBe(130)
  silence.remove()
})

it('a full disk fails the build or the checksums of a release in clear words, and nothing is made', {
  tags: ['deep'],
}, async ({ skip }) => {
  space = await openReleases({ release: { build: ['head -c 9000000 /dev/zero > dist/core.tcz'] } })
  const folder = space.path('engine', 'core', 'dist')
  await mkdir(folder)
  const execute = promisify(execFile)
  const isMounted = await execute('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).then(
    () => true,
    () => false,
  )
  if (!isMounted) return skip('no tmpfs can be mounted here')
  try {
    const { status, err } = await space.wizard('RELEASE', 'PUBLISH', 'core')
    expect([status, err]).toEqual([1, expect.stringMatching(/No space left on device/)])
    expect(releasesOn(space)).toEqual([])
    const args = ['RELEASE', 'PUBLISH', 'core', '--skip-build']
    const sums = await space.spawn(args, { env: { TMPDIR: folder } })
    expect([sums.status, sums.err]).toEqual([
      1,
      expect.stringMatching(/no space is left on the disk/),
    ])
    expect(releasesOn(space)).toEqual([])
  } finally {
    await execute('umount', [folder])
  }
})
