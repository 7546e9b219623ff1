import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { assetNames, openReleases, releasesOn } from '../../support/releases.js'
import type { Workspace } from '../../support/workspace.js'

const run = promisify(execFile)
let space: Workspace
afterEach(async () => {
  await run('gpgconf', ['--homedir', space.path('gnupg'), '--kill', 'all']).catch(() => {})
  await space.close()
})

const has = (program: string, ...args: string[]) =>
  run(program, args).then(
    () => true,
    () => false,
  )
const hasGpg = await has('gpg', '--version')
const hasMinisign = await has('sh', '-c', 'command -v minisign')
if (!hasGpg) console.log('skipped: signing with gpg, which is not installed')
if (!hasMinisign) console.log('skipped: signing with minisign, which is not installed')

const publish = (...args: string[]) =>
  space.run(['RELEASE', 'PUBLISH', 'core', ...args], { env: { GNUPGHOME: space.path('gnupg') } })
const download = () => space.wizard('RELEASE', 'DOWNLOAD', 'core', '--dir', 'out', '--quiet')

const gpg = {
  cmd: 'gpg',
  args: ['--batch', '--yes', '--detach-sign', '--armor', '-o', '{signature}', '{artifact}'],
  signature: '{artifact}.asc',
}

/** A key without a passphrase, removed with the workspace. */
async function makeKey(): Promise<void> {
  const home = space.path('gnupg')
  await mkdir(home)
  await chmod(home, 0o700)
  const key = ['--quick-gen-key', 'Release <release@example.com>', 'ed25519', 'sign', 'never']
  await run('gpg', ['--homedir', home, '--batch', '--passphrase', '', ...key])
}

describe.skipIf(!hasGpg)('signing with gpg', { tags: ['deep'] }, () => {
  it('signs the checksums, which hold the names that GitHub shows', async () => {
    space = await openReleases({
      release: {
        sign: gpg,
        env: ['GNUPGHOME'],
        build: ["mkdir -p dist && printf x > 'dist/core 1.tcz'"],
        checksums: { sha256: 'SHA256SUMS', md5: '{artifact}.md5.txt' },
      },
    })
    await makeKey()
    const { status, err } = await publish()
    expect([status, err]).toEqual([0, expect.anything()])
    const [release] = releasesOn(space)
    const names = [
      'SHA256SUMS',
      'SHA256SUMS.asc',
      'core.1.tcz',
      'core.1.tcz.md5.txt',
      'core.1.tcz.md5.txt.asc',
    ]
    expect(assetNames(release!)).toEqual(names)
    expect((await download()).status).toBe(0)
    expect(await space.read('out/SHA256SUMS')).toBe(`${sum('sha256', 'x')}  core.1.tcz\n`)
    expect(await space.read('out/core.1.tcz.md5.txt')).toBe(`${sum('md5', 'x')}  core.1.tcz\n`)
    await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: space.path('out') })
    await run('md5sum', ['--check', '--strict', 'core.1.tcz.md5.txt'], { cwd: space.path('out') })
    const verify = [
      '--verify',
      space.path('out', 'SHA256SUMS.asc'),
      space.path('out', 'SHA256SUMS'),
    ]
    await run('gpg', ['--homedir', space.path('gnupg'), ...verify])
    expect(await readdir(space.path('engine', 'core', 'dist'))).toEqual(['core 1.tcz'])
  })

  it('a missing key is told before anything is built or made', async () => {
    space = await openReleases({
      release: { sign: { ...gpg, artifacts: 'all' }, env: ['GNUPGHOME'], build: ['touch built'] },
    })
    await mkdir(space.path('gnupg'), { mode: 0o700 })
    const { status, err } = await publish()
    expect([status, err]).toEqual([
      1,
      expect.stringMatching(/error: sign: gpg .* ended with exit 2/),
    ])
    expect(err).toMatch(/no default secret key|No secret key/)
    await expect(space.read('engine/core/built')).rejects.toThrow()
    expect(releasesOn(space)).toEqual([])
  })
})

describe.skipIf(!hasMinisign)('signing with minisign', () => {
  it('signs every artifact', async () => {
    const sign = {
      cmd: 'minisign',
      args: ['-S', '-s', '../../key', '-x', '{signature}', '-m', '{artifact}'],
      signature: '{artifact}.minisig',
      artifacts: 'all',
    }
    space = await openReleases({ release: { sign, checksums: false } })
    await run('minisign', ['-G', '-W', '-p', space.path('key.pub'), '-s', space.path('key')])
    const { status, err } = await publish()
    expect([status, err]).toEqual([0, expect.anything()])
    expect((await download()).status).toBe(0)
    for (const file of ['core.tcz', 'core.iso']) {
      await run('minisign', ['-V', '-p', space.path('key.pub'), '-m', space.path('out', file)])
    }
    expect(assetNames(releasesOn(space)[0]!)).toEqual([
      'core.iso',
      'core.iso.minisig',
      'core.tcz',
      'core.tcz.minisig',
    ])
  })
})

describe('the environment of build and sign', { tags: ['deep'] }, () => {
  it('holds what the configuration names and no token, unless it is named', async () => {
    space = await openReleases({
      release: { build: ['mkdir -p dist; env > dist/env; pwd > dist/pwd'], env: ['EXTRA'] },
    })
    const env = { EXTRA: 'yes', SECRET: 'no', GITHUB_TOKEN: 'ghp_secret', GH_TOKEN: 'ghp_secret' }
    const { status } = await space.run(['RELEASE', 'PUBLISH', 'core'], { env })
    expect(status).toBe(0)
    const lines = (await space.read('engine/core/dist/env')).trim().split('\n')
    const names = lines.map((line) => line.split('=')[0]).sort()
    const shells = ['PWD', 'SHLVL', '_', 'OLDPWD']
    expect(names.filter((name) => !shells.includes(name!))).toEqual([
      'EXTRA',
      'HOME',
      'LANG',
      'PATH',
      'WIZARD_COMPONENT',
      'WIZARD_TAG',
      'WIZARD_VERSION',
    ])
    expect(lines).toContain('WIZARD_TAG=core-v1.2.0')
    expect(await space.read('engine/core/dist/pwd')).toBe(`${space.path('engine', 'core')}\n`)
  })

  it('hides a credential that a build prints', async () => {
    const build = 'mkdir -p dist && echo "with $SECRET." && echo iso > dist/core.iso'
    space = await openReleases({ release: { build: [build], env: ['SECRET'] } })
    const { token } = space.github
    const { status, err } = await space.run(['RELEASE', 'PUBLISH', 'core'], {
      env: { SECRET: token },
    })
    expect([status, err]).toEqual([0, expect.stringContaining('with ***.')])
    expect(err).not.toContain(token)
  })

  it('what a build leaves in the background is not waited for', async () => {
    space = await openReleases({
      release: {
        build: ['mkdir -p dist && printf x > dist/core.tcz; sleep 300 & echo $! > ../../pid'],
      },
    })
    const running = space.begin(['RELEASE', 'PUBLISH', 'core'])
    const isOver = () => space.clock.limits().includes(2000)
    await vi.waitUntil(isOver, { timeout: 30_000, interval: 20 })
    await space.clock.pass(2000)
    expect((await running.ended).status).toBe(0)
    // It still runs, so nobody waited for it.
    await run('kill', [(await space.read('pid')).trim()])
  })
})

const sum = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')
