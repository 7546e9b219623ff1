import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { SignCommand } from '../../../src/config/files/components.js'
import { openLog } from '../../../src/logs/log.js'
import { localAsset } from '../../../src/releases/assets/local.js'
import {
  childEnvironment,
  outputRedactor,
  runCommand,
} from '../../../src/releases/pipeline/command.js'
import { probeSigning, signAll } from '../../../src/releases/pipeline/sign.js'
import type { ReleaseSession } from '../../../src/releases/session.js'
import { testClock } from '../../support/clock.js'
import { testHost } from '../../support/host.js'

let folder: string
let lines: string[]
let logged: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wizard-command-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  lines = []
  logged = []
})

const env = { PATH: process.env.PATH ?? '' }
const deps = (more: Partial<ReleaseSession> = {}) =>
  ({
    emit: (event) => event.type === 'command-output' && lines.push(event.line),
    log: { write: (_log, _level, line) => logged.push(line) },
    clock: testClock(),
    host: testHost(folder),
    ...more,
  }) as ReleaseSession

const shell = (line: string, more: Partial<ReleaseSession> = {}) =>
  runCommand(deps(more), {
    label: 'build',
    file: 'sh',
    args: ['-c', line],
    cwd: folder,
    env,
    redact,
  })

describe('childEnvironment', () => {
  const release = { version: '1.2.0', tag: 'core-v1.2.0', component: 'core' }
  const own = { WIZARD_VERSION: '1.2.0', WIZARD_TAG: 'core-v1.2.0', WIZARD_COMPONENT: 'core' }
  const all = { PATH: '/bin', HOME: '/root', LANG: 'C', GITHUB_TOKEN: 'ghp_x', EXTRA: 'yes' }

  it.each<[string, string[], object]>([
    ['has no token by itself', [], { PATH: '/bin', HOME: '/root', LANG: 'C' }],
    ['has what is named', ['EXTRA'], { PATH: '/bin', HOME: '/root', LANG: 'C', EXTRA: 'yes' }],
    ['has nothing that is not there', ['NONE'], { PATH: '/bin', HOME: '/root', LANG: 'C' }],
  ])('%s', (_name, named, expected) => {
    expect(childEnvironment(all, named, release)).toEqual({ ...expected, ...own })
  })

  it('says of what the release is, whatever the environment says', () => {
    expect(childEnvironment({ WIZARD_TAG: 'evil' }, ['WIZARD_TAG'], release)).toEqual(own)
  })
})

const redact = (line: string) => line
const no = new Error('no')

describe('runCommand', () => {
  it('shows both streams line by line, and logs them', async () => {
    await shell('echo one; echo two >&2; printf three')
    expect([...lines].sort()).toEqual(['one', 'three', 'two'])
    expect([...logged].sort()).toEqual(['build | one', 'build | three', 'build | two'])
  })

  it('writes the lines that it reads together to the log together, and loses none', {
    tags: ['deep'],
  }, async () => {
    const batches: (readonly string[])[] = []
    const log = {
      write: (_log: string, _level: string, line: string) => batches.push([line]),
      writeLines: (_log: string, _level: string, texts: readonly string[]) => batches.push(texts),
    }
    await shell('seq 1 50000', { log })
    const numbers = Array.from({ length: 50_000 }, (_, index) => `${index + 1}`)
    expect(lines).toEqual(numbers)
    expect(batches.flat()).toEqual(numbers.map((number) => `build | ${number}`))
    expect(batches.length).toBeLessThan(1000)
  })

  it('has the lines in the log file while the command still runs', async () => {
    const log = openLog({ dir: folder, keepDays: 30, clock: testClock(), redact }).reportingTo(
      (message) => expect.fail(message),
    )
    const running = shell('echo one; until [ -e go ]; do sleep 0.01; done; echo two', { log })
    await vi.waitFor(() => expect(lines).toEqual(['one']), { timeout: 10_000 })
    const [name = ''] = await readdir(folder)
    expect(await readFile(join(folder, name), 'utf8')).toMatch(/build \| one\n$/)
    await writeFile(join(folder, 'go'), '')
    await running
    expect(await readFile(join(folder, name), 'utf8')).toMatch(/build \| one\n.*build \| two\n$/)
  })

  it.each([
    ['exit 3', 'build: exit 3 ended with exit 3'],
    ['kill -9 $$', 'build: kill -9 $$ was ended by SIGKILL'],
  ])('fails with %j', async (line, message) => {
    await expect(shell(line)).rejects.toThrow(message)
  })

  it('tells what can not be run', async () => {
    const command = {
      label: 'sign',
      file: 'no-such-program',
      args: ['x'],
      cwd: folder,
      env,
      redact,
    }
    await expect(runCommand(deps(), command)).rejects.toThrow('no-such-program: it does not exist')
  })

  it('has the environment that it is given alone, and its folder', async () => {
    await shell('pwd; env | grep -v "^_\\|^PWD\\|^SHLVL\\|^OLDPWD"')
    expect(lines).toEqual([folder, `PATH=${env.PATH}`])
  })

  it('is ended with all that it started', async () => {
    const stop = new AbortController()
    const line =
      'sh -c "trap \\"touch gone; exit\\" TERM; touch there; while :; do sleep 0.05; done" & wait'
    const running = shell(line, { signal: stop.signal })
    await vi.waitUntil(() => existsSync(join(folder, 'there')), { interval: 10, timeout: 20_000 })
    stop.abort(new Error('stopped'))
    await expect(running).rejects.toThrow('stopped')
    await vi.waitUntil(() => existsSync(join(folder, 'gone')), { interval: 10, timeout: 20_000 })
  })

  it('is killed where it does not end when it is asked', async () => {
    const stop = new AbortController()
    const line = 'trap "" TERM; touch there; while :; do sleep 0.05; done'
    const clock = testClock()
    const running = shell(line, { signal: stop.signal, clock })
    await vi.waitUntil(() => existsSync(join(folder, 'there')), { interval: 10, timeout: 20_000 })
    stop.abort(new Error('stopped'))
    await clock.pass(5000)
    await expect(running).rejects.toThrow('stopped')
  })

  it('begins once its caller is ready, and not at all where that fails', async () => {
    const command = { label: 'build', file: '/bin/sh', cwd: folder, env, redact }
    const line = 'touch there; echo "$1" "$0"'
    const onStart = async (group: number) => {
      expect(group).toBeGreaterThan(1)
      expect(existsSync(join(folder, 'there'))).toBe(false)
    }
    await runCommand(deps(), { ...command, args: ['-c', line, 'zero', 'a b'], onStart })
    expect([lines, existsSync(join(folder, 'there'))]).toEqual([['a b zero'], true])
    const failing = { ...command, args: ['-c', 'touch never'], onStart: () => Promise.reject(no) }
    await expect(runCommand(deps(), failing)).rejects.toBe(no)
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })

  it('is not begun where it was stopped before', async () => {
    const running = shell('touch there', { signal: AbortSignal.abort(new Error('stopped')) })
    await expect(running).rejects.toThrow('stopped')
    expect(existsSync(join(folder, 'there'))).toBe(false)
  })
})

describe('outputRedactor', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----'
  const hide = outputRedactor(
    {
      NPM_TOKEN: 'npm_0123456789',
      SIGN_PASS: 'correct horse',
      KEY: key,
      CI: 'true',
      HOME: '/home',
    },
    ['NPM_TOKEN', 'SIGN_PASS', 'KEY', 'CI', 'UNSET'],
  )

  it.each([
    ['token=npm_0123456789', 'token=***'],
    ['"correct horse"', '"***"'],
    ['correct%20horse', '***'],
    [Buffer.from('npm_0123456789').toString('base64'), '***=='],
    ['MIIEvQIBADANBgkq', '***'],
    ['it is true in /home', 'it is true in /home'],
    ['ghp_0123456789abcdefghij', '***'],
  ])('of %j shows %j', (line, shown) => {
    expect(hide(line).replace(/=+$/, '==')).toBe(shown.replace(/=+$/, '=='))
  })

  it('is applied to what is shown and to what is logged', async () => {
    const command = { label: 'build', file: 'sh', args: ['-c', 'echo npm_0123456789'], cwd: folder }
    await runCommand(deps(), { ...command, env, redact: hide })
    expect([lines, logged]).toEqual([['***'], ['build | ***']])
  })
})

describe('signing', () => {
  const copy: SignCommand = {
    cmd: 'cp',
    args: ['{artifact}', '{signature}'],
    signature: '{artifact}.asc',
    artifacts: 'all',
  }
  const signing = async (...commands: SignCommand[]) => {
    await mkdir(join(folder, 'out'), { recursive: true })
    return { commands, folder: join(folder, 'out'), cwd: folder, env, redact }
  }
  const artifact = async (name: string, text = name) => {
    await writeFile(join(folder, name), text)
    return localAsset(join(folder, name))
  }

  it('signs every artifact, under the names that GitHub shows', async () => {
    const artifacts = [await artifact('a'), await artifact('b 1')]
    const paths = await signAll(deps(), await signing(copy), artifacts, [])
    expect(paths).toEqual([join(folder, 'out/a.asc'), join(folder, 'out/b.1.asc')])
    expect(await readFile(paths[1] ?? '', 'utf8')).toBe('b 1')
  })

  it('signs the sums alone where that is said', async () => {
    const [one, sums] = [await artifact('a'), await artifact('SUMS')]
    const command: SignCommand = { ...copy, artifacts: 'checksum' }
    const paths = await signAll(deps(), await signing(command), [one], [sums.path])
    expect(paths).toEqual([join(folder, 'out/SUMS.asc')])
    const none = signAll(deps(), await signing(command), [one], [])
    await expect(none).rejects.toThrow('cp signs the checksums, but there are none')
    expect(await signAll(deps(), await signing(command), [], [])).toEqual([])
  })

  it.each<[string, Partial<SignCommand>, string]>([
    ['leaves no signature', { cmd: 'true' }, 'true wrote no signature of a'],
    [
      'leaves an empty one',
      { cmd: 'touch', args: ['{signature}'] },
      'touch wrote no signature of a',
    ],
    ['fails', { cmd: 'false' }, 'ended with exit 1'],
  ])('tells of a command that %s', async (_name, change, message) => {
    const command = { ...copy, ...change }
    const signed = signAll(deps(), await signing(command), [await artifact('a')], [])
    await expect(signed).rejects.toThrow(message)
  })

  it('is tried with a file that means nothing', async () => {
    await probeSigning(deps(), await signing(copy))
    expect(await readFile(join(folder, 'out/wizard-probe.asc'), 'utf8')).toMatch(
      /wizard signs this/,
    )
    const broken = await signing(copy, { ...copy, cmd: 'false' })
    await expect(probeSigning(deps(), broken)).rejects.toThrow('ended with exit 1')
  })
})
