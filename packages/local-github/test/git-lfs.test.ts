import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hermetic, type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub
let home: string

const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'

beforeEach(async () => {
  github = await startLocalGitHub()
  home = await mkdtemp(join(tmpdir(), 'local-github-lfs-'))
})

afterEach(async () => {
  await github.close()
  await rm(home, { recursive: true, force: true })
})

/** Its output; it reads and writes no other configuration than that of its own home. */
async function git(args: string[], cwd = home): Promise<string> {
  const env = { ...hermetic, HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') }
  const { stdout, stderr } = await promisify(execFile)('git', args, { cwd, env })
  return stdout + stderr
}

/** A repository with one object, `photo.bin`. */
async function addPhoto(content: Parameters<LocalGitHub['addLfsObject']>[1], isPrivate = false) {
  await github.addRepository('uDOS/typo', { private: isPrivate })
  const photo = await github.addLfsObject('uDOS/typo', content)
  const files = { '.gitattributes': attributes, 'photo.bin': photo.pointer }
  await github.commit('uDOS/typo', { files })
  return photo
}

/** Clones with the filter of git-lfs, and returns the folder. */
async function clone(name = 'uDOS/typo', args: string[] = []): Promise<string> {
  await git(['lfs', 'install', '--skip-repo'])
  const dir = join(home, 'clone')
  await git([...args, 'clone', '--quiet', `${github.gitUrl}/${name}.git`, dir])
  return dir
}

const storageRequests = () => github.requests.filter(({ origin }) => origin === 'storage')

function missing(): string | null {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const reason = missing()
if (reason) console.warn(`git-lfs is not tested against the local GitHub: ${reason}`)

describe.skipIf(reason !== null)('git-lfs', { tags: ['deep'] }, () => {
  test('a clone has the bytes of its objects', async () => {
    await addPhoto('a photo')
    const dir = await clone()
    expect(await readFile(join(dir, 'photo.bin'), 'utf8')).toBe('a photo')
    expect(await git(['status', '--porcelain'], dir)).toBe('')
    expect(await git(['lfs', 'fsck'], dir)).toContain('Git LFS fsck OK')
  })

  test('a clone of a renamed repository follows it', async () => {
    await addPhoto('a photo')
    github.rename('uDOS/typo', 'uDOS/editor')
    const dir = await clone('uDOS/typo')
    expect(await readFile(join(dir, 'photo.bin'), 'utf8')).toBe('a photo')
  })

  test('a private repository takes the token of a header, and storage does not see it', async () => {
    await addPhoto('a photo', true)
    await expect(clone()).rejects.toThrow('could not read Username')
    const basic = Buffer.from(`x-access-token:${github.token}`).toString('base64')
    const header = `http.${github.gitUrl}/.extraheader=Authorization: Basic ${basic}`
    const dir = await clone('uDOS/typo', ['-c', header])
    expect(await readFile(join(dir, 'photo.bin'), 'utf8')).toBe('a photo')
    expect(storageRequests()).toHaveLength(1)
  })

  test('a private repository takes the token of a credential helper', async () => {
    await addPhoto('a photo', true)
    const helper = `credential.helper=!echo username=x; echo password=${github.token} #`
    const dir = await clone('uDOS/typo', ['-c', helper])
    expect(await readFile(join(dir, 'photo.bin'), 'utf8')).toBe('a photo')
  })

  test('a push brings objects, without a warning, and another clone has them', async () => {
    await github.addRepository('uDOS/typo', { private: true })
    await git([
      'config',
      '--global',
      'credential.helper',
      `!echo username=x; echo password=${github.token} #`,
    ])
    await git(['config', '--global', 'lfs.locksverify', 'true'])
    const dir = await clone()
    await git(['lfs', 'install', '--local'], dir)
    await writeFile(join(dir, '.gitattributes'), attributes)
    await writeFile(join(dir, 'photo.bin'), 'pushed')
    await git(['add', '.'], dir)
    await git(['commit', '--quiet', '--message=Photo'], dir)
    const said = await git(['push', 'origin', 'main'], dir)
    expect(said).not.toMatch(/lock|warn|error|consider/i)
    expect(storageRequests().map(({ method }) => method)).toEqual(['PUT'])
    expect(github.requests.some(({ path }) => path.endsWith('/objects/verify'))).toBe(true)
    await rm(dir, { recursive: true })
    expect(await readFile(join(await clone(), 'photo.bin'), 'utf8')).toBe('pushed')
  })

  test('a missing object fails the clone by its name', async () => {
    const { oid } = await addPhoto('a photo')
    await github.removeLfsObject('uDOS/typo', oid)
    await expect(clone()).rejects.toThrow(
      `[${oid}] Object does not exist on the server or you don't have permissions to access it`,
    )
  })

  test('a download that is cut goes on where it ended', async () => {
    const size = 3_000_000
    await addPhoto({ seed: 1, size })
    github.fail({ origin: 'storage', cutAfter: 1_000_000, times: 1 })
    const dir = await clone()
    expect((await readFile(join(dir, 'photo.bin'))).length).toBe(size)
    expect(storageRequests().map(({ headers }) => headers.range)).toEqual([
      undefined,
      `bytes=1000000-${size - 1}`,
    ])
  })

  test('an answer in place of the batch is shown in its own words', async () => {
    await addPhoto('a photo')
    const message = 'This repository is over its data quota.'
    github.fail({ path: /\/info\/lfs\/objects\/batch$/, status: 403, body: { message } })
    await expect(clone()).rejects.toThrow(`batch response: ${message}`)
  })

  test('a batch that is asked to wait is sent again', async () => {
    await addPhoto('a photo')
    github.fail({
      path: /\/info\/lfs\/objects\/batch$/,
      ...{ status: 429, headers: { 'retry-after': '1' }, times: 1 },
    })
    expect(await readFile(join(await clone(), 'photo.bin'), 'utf8')).toBe('a photo')
  })

  test('bytes that are others are refused', async () => {
    const { oid } = await addPhoto('a photo')
    github.fail({ origin: 'storage', rewrite: (body) => body.toString().toUpperCase() })
    await git(['config', '--global', 'lfs.transfer.maxretries', '1'])
    await expect(clone()).rejects.toThrow(`expected OID ${oid}, got`)
  })

  test('a doctored batch sends a client to another address', async () => {
    await addPhoto('a photo')
    const elsewhere = 'http://127.0.0.1:9/elsewhere'
    const href = /"href":"[^"]*"/
    github.fail({
      path: /\/info\/lfs\/objects\/batch$/,
      rewrite: (body) => body.toString().replace(href, `"href":"${elsewhere}"`),
    })
    await git(['config', '--global', 'lfs.transfer.maxretries', '1'])
    await expect(clone()).rejects.toThrow(elsewhere)
  })

  test('a clone that is imported brings its objects', async () => {
    await addPhoto('a photo')
    const dir = await clone()
    const other = await startLocalGitHub()
    try {
      await other.addRepository('uDOS/copy', { empty: true })
      await other.importFrom('uDOS/copy', dir)
      const copy = join(home, 'copy')
      await git(['clone', '--quiet', `${other.gitUrl}/uDOS/copy`, copy])
      expect(await readFile(join(copy, 'photo.bin'), 'utf8')).toBe('a photo')
    } finally {
      await other.close()
    }
  })
})
