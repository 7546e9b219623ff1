import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace

beforeAll(async () => {
  work = await openWorkspace()
  for (const name of ['typo', 'micro', 'core']) {
    await work.github.addRepository(`uDOS/${name}`, { files: { 'a.txt': `${name}\n` } })
  }
  await work.repos({
    tools: [{ repo: 'typo' }, { repo: 'micro' }],
    rest: [{ repo: 'core' }, { repo: 'gone' }],
  })
  expect((await work.wizard('repo', 'sync', 'typo', 'micro', 'core')).status).toBe(0)
  await work.write('library/tools/micro/own.txt', 'mine\n')
})
afterAll(() => work.close())

const exec = (...words: string[]) => work.wizard('repo', 'exec', ...words)
const inShell = (script: string) => ['--', 'sh', '-c', script]

describe('REPO EXEC', () => {
  it('writes each line behind its repository, unchanged, to the stream that it came from', async () => {
    const script = 'cat a.txt; printf "\\033[31mred\\tß"; echo "to err" >&2'
    const { status, out, err } = await exec('tools', ...inShell(script))
    expect(status).toBe(0)
    expect(out.split('\n').sort()).toEqual([
      '',
      'uDOS/micro | \u001b[31mred\tß',
      'uDOS/micro | micro',
      'uDOS/typo | \u001b[31mred\tß',
      'uDOS/typo | typo',
    ])
    expect(err.split('\n').sort()).toEqual(['', 'uDOS/micro | to err', 'uDOS/typo | to err'])
  })

  it('with --group writes each output whole, in the order of repos.yaml', async () => {
    // The first one ends last.
    const script = '[ $WIZARD_REPO = uDOS/typo ] && sleep 0.3; echo one; printf two'
    const { out, err } = await exec('tools', 'core', '--group', ...inShell(script))
    expect(out).toBe('one\ntwo\none\ntwo\none\ntwo\n')
    expect(err).toBe('uDOS/typo\nuDOS/micro\nuDOS/core\n')
  })

  it('holds an output back until its turn, however long, and loses none of it', {
    tags: ['deep'],
  }, async () => {
    const script = '[ $WIZARD_REPO = uDOS/typo ] && sleep 0.5; yes $WIZARD_REPO | head -n 900000'
    const { status, out } = await exec('tools', '--group', ...inShell(script))
    expect(status).toBe(0)
    const lines = out.split('\n')
    expect(lines.length).toBe(1_800_001)
    expect(lines.indexOf('uDOS/micro')).toBe(900_000)
    expect(lines.lastIndexOf('uDOS/typo')).toBe(899_999)
  })

  it('gives the environment as it is, and the repository', async () => {
    await work.write('config/.env', 'FROM_DOTENV=1\nGITHUB_TOKEN=secret\n')
    const { json } = await work.run(['repo', 'exec', 'typo', '--json', '--', 'env'], {
      env: { MINE: 'yes' },
    })
    const { stdout } = (json as Report).repositories[0] ?? { stdout: '' }
    expect(stdout).toContain('MINE=yes\n')
    expect(stdout).toContain('WIZARD_REPO=uDOS/typo\n')
    expect(stdout).toContain(`WIZARD_PATH=${work.path('library/tools/typo')}\n`)
    expect(stdout).toContain('WIZARD_BRANCH=main\n')
    expect(stdout).not.toMatch(/FROM_DOTENV|secret/)
    await work.write('config/.env', '')
  })

  it('of a detached HEAD has an empty branch', async () => {
    await work.git('library/tools/typo', 'checkout', '-q', '--detach')
    const { out } = await exec('typo', ...inShell('echo "[$WIZARD_BRANCH]"'))
    await work.git('library/tools/typo', 'checkout', '-q', 'main')
    expect(out).toBe('uDOS/typo | []\n')
  })

  it('runs in a damaged clone, too, so that a command can mend it', async () => {
    const config = work.path('library/tools/typo/.git/config')
    const head = work.path('library/tools/typo/.git/HEAD')
    const before = { config: readFileSync(config), head: readFileSync(head) }
    writeFileSync(config, '[core\n')
    writeFileSync(head, 'nothing\n')
    const { status, out } = await exec('typo', ...inShell('echo "[$WIZARD_BRANCH]"'))
    writeFileSync(config, before.config)
    writeFileSync(head, before.head)
    expect([status, out]).toEqual([0, 'uDOS/typo | []\n'])
  })

  it('is a document with --json, whatever the exit status', async () => {
    const script = 'cat a.txt; echo oops >&2; [ $WIZARD_REPO != uDOS/micro ]'
    const { status, json, err } = await exec('--json', ...inShell(script))
    expect(status).toBe(1)
    expect(json).toMatchObject({ total: 4, succeeded: 2, failed: 1, skipped: 1 })
    const { repositories } = json as Report
    expect(repositories.map(({ repo, exit }) => [repo, exit])).toEqual([
      ['uDOS/typo', 0],
      ['uDOS/micro', 1],
      ['uDOS/core', 0],
      ['uDOS/gone', null],
    ])
    expect(repositories[1]).toMatchObject({
      path: work.path('library/tools/micro'),
      ...{ status: 'failed', signal: null, stdout: 'micro\n', stderr: 'oops\n', truncated: false },
      error: { message: 'sh exited with 1' },
    })
    expect(repositories[3]).toMatchObject({ status: 'skipped', reason: 'missing' })
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'FAILED' } })
  })

  it('keeps a mebibyte of each stream in the document', { tags: ['deep'] }, async () => {
    const { json } = await exec('typo', '--json', ...inShell('yes | head -c 1500000'))
    const [{ stdout, truncated } = { stdout: '', truncated: false }] = (json as Report).repositories
    expect([stdout.length, truncated]).toEqual([1024 * 1024, true])
  })

  it('fails with the failures last', async () => {
    const { status, err } = await exec(
      'tools',
      ...inShell('[ $WIZARD_REPO = uDOS/typo ] || exit 3'),
    )
    expect(status).toBe(1)
    expect(err).toBe(
      'uDOS/micro: sh exited with 3\nerror: the command failed in 1 of 2 repositories\n',
    )
  })

  it('says what to do where the command is not there, or was ended by a signal', async () => {
    const missing = await exec('typo', '--', 'no-such-command')
    expect([missing.status, missing.err]).toEqual([
      1,
      'error: uDOS/typo: no-such-command is not installed, or not in PATH\nhint: the command runs without a shell; for pipes and the like, run sh\n',
    ])
    const killed = await exec('typo', '--json', ...inShell('kill -9 $$'))
    expect((killed.json as Report).repositories[0]).toMatchObject({ exit: null, signal: 'SIGKILL' })
  })

  it('names what is not cloned, and that is no failure', async () => {
    const { status, err } = await exec('rest', '--', 'true')
    expect([status, err]).toEqual([0, 'not cloned yet: uDOS/gone\n'])
  })

  it('with --fail-fast starts no more', async () => {
    const words = ['tools', 'core', '--fail-fast', '--concurrency', '1', '--json', '--', 'false']
    const { json } = await exec(...words)
    expect((json as Report).repositories.map(({ status, reason }) => [status, reason])).toEqual([
      ['failed', null],
      ['skipped', 'not-started'],
      ['skipped', 'not-started'],
    ])
  })

  it('with --not-ok runs only where something is to be done', async () => {
    const { out } = await exec('tools', 'core', '--not-ok', '--', 'pwd')
    expect(out).toBe(`uDOS/micro | ${work.path('library/tools/micro')}\n`)
  })

  it('takes globs, and what is behind -- as it stands', async () => {
    const { out } = await exec('{typo,micro}', '!m*', '--', 'echo', '--json', 'a=b', '--')
    expect(out).toBe('uDOS/typo | --json a=b --\n')
  })

  it.each([
    [['typo'], 'REPO EXEC needs COMMAND after --'],
    [['typo', '--'], 'REPO EXEC needs COMMAND after --'],
  ])('refuses %j', async (words, message) => {
    const { status, err } = await exec(...words)
    expect([status, err]).toEqual([
      2,
      `error: ${message}\nhint: for example: wizard REPO EXEC -- git status\n`,
    ])
  })

  it('ends its commands, and theirs, when it is over', { tags: ['deep'] }, async () => {
    const script = inShell(`sleep 1000 & echo $! >> '${work.path('pids')}'; wait`)
    const { status, err } = await work.spawn(['repo', 'exec', 'tools', '--timeout', '1', ...script])
    expect([status, err]).toEqual([7, expect.stringContaining('not finished after 1 s')])
    const pids = (await work.read('pids')).trim().split('\n')
    expect(pids.length).toBe(2)
    // One that nobody reaps is a zombie.
    for (const pid of pids) expect(stateOf(pid)).toMatch(/^Z?$/)
  })

  it('waits for a slow reader instead of filling memory', { tags: ['deep'] }, async () => {
    const script = inShell('yes 1234567890 | head -c 300000000')
    const child = work.start(['repo', 'exec', 'tools', ...script])
    child.stdout?.pause()
    const peak = () => {
      const text = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1])
    }
    const seen: number[] = []
    // It works no more when its peak stays for a second.
    await vi.waitUntil(() => seen.push(peak()) > 10 && seen.at(-1) === seen.at(-11), {
      timeout: 20_000,
      interval: 100,
    })
    child.kill('SIGKILL')
    expect(seen.at(-1)).toBeLessThan(250_000)
  })
})

describe('REPO STATUS --not-ok', () => {
  it('shows what needs attention, and is exit 1 then', async () => {
    const { status, json } = await work.wizard(
      'repo',
      'status',
      'tools',
      'core',
      '--not-ok',
      '--json',
    )
    expect([status, json]).toMatchObject([1, [{ repo: 'uDOS/micro', is_dirty: true }]])
    const fine = await work.wizard('repo', 'status', 'typo', '--not-ok')
    expect([fine.status, fine.out, fine.err]).toEqual([0, '', ''])
  })
})

/** Its letter in /proc; empty if it has ended. */
function stateOf(pid: string): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

interface Report {
  repositories: {
    repo: string
    status: string
    reason: string | null
    exit: number | null
    stdout: string
    truncated: boolean
  }[]
}
