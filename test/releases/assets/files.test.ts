import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PathError, UsageError } from '../../../src/base/errors.js'
import { writeChecksums } from '../../../src/releases/assets/checksums.js'
import { hashOf, localAsset, localAssets } from '../../../src/releases/assets/local.js'
import { assertNoCollisions, whatIsThere } from '../../../src/releases/download.js'
import { assetOf, releaseOf } from '../support.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wizard-assets-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
async function file(name: string, text = 'one'): Promise<string> {
  await writeFile(at(name), text)
  return at(name)
}
const sum = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')

describe('localAssets', () => {
  it('names every empty file', async () => {
    const files = [await file('a', ''), await file('b'), await file('c', '')]
    await expect(localAssets(files.map((path) => ({ path })))).rejects.toMatchObject({
      code: 'PATH',
      message: `${at('a')}, ${at('c')} are empty`,
    })
  })
})

describe('localAsset', () => {
  it('is a file with the name and type that GitHub will show', async () => {
    const asset = await localAsset(await file('core 1.json'))
    expect(asset).toMatchObject({
      name: 'core.1.json',
      path: at('core 1.json'),
      size: 3,
      contentType: 'application/json',
    })
    expect(await asset.sha256()).toBe(sum('sha256', 'one'))
    expect((await localAsset(at('core 1.json'), 'text/x')).contentType).toBe('text/x')
  })

  it('is read once: a file that changes later has the digest that it had', async () => {
    const asset = await localAsset(await file('a'))
    await asset.sha256()
    await file('a', 'two')
    expect(await asset.sha256()).toBe(sum('sha256', 'one'))
  })

  it('takes the digest of whoever has just sent it, where nobody has read it', async () => {
    const asset = await localAsset(await file('a'))
    expect(await asset.confirm('f'.repeat(64))).toBe(true)
    expect(await asset.sha256()).toBe('f'.repeat(64))
    const read = await localAsset(at('a'))
    await read.sha256()
    expect([await read.confirm('f'.repeat(64)), await read.confirm(sum('sha256', 'one'))]).toEqual([
      false,
      true,
    ])
  })

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['of another size', (path) => writeFile(path, 'longer')],
    [
      'in whose place another was put',
      async (path) => {
        await writeFile(`${path}.new`, 'one')
        await rename(`${path}.new`, path)
      },
    ],
  ])('knows a file %s', async (_name, change) => {
    const asset = await localAsset(await file('a'))
    expect(await asset.isUnchanged()).toBe(true)
    await change(at('a'))
    expect(await asset.isUnchanged()).toBe(false)
  })

  it('is no folder, nothing that is not there, and nothing of 2 GiB', async () => {
    await mkdir(at('folder'))
    await expect(localAsset(at('folder'))).rejects.toThrow(`not a file: ${at('folder')}`)
    await expect(localAsset(at('none'))).rejects.toThrow(`${at('none')} does not exist`)
    await file('a')
    await expect(localAsset(join(at('a'), 'b'))).rejects.toThrow(PathError)
    await truncate(at('a'), 2 ** 31 - 1)
    expect((await localAsset(at('a'))).size).toBe(2 ** 31 - 1)
    await truncate(at('a'), 2 ** 31)
    await expect(localAsset(at('a'))).rejects.toThrow('GitHub takes assets of less than 2 GiB')
  })
})

it('several keep their order, and none may have the name of another', async () => {
  const files = [{ path: await file('b b') }, { path: await file('a'), contentType: 'text/x' }]
  expect((await localAssets(files)).map(({ name }) => name)).toEqual(['b.b', 'a'])
  await file('b.b')
  await expect(localAssets([...files, { path: at('b.b') }])).rejects.toThrow(UsageError)
})

it('hashOf tells which file it can not read', async () => {
  await expect(hashOf(at('none'), 'md5')).rejects.toThrow(
    `${at('none')} can't be read: it does not exist`,
  )
  expect(await hashOf(await file('a'), 'md5')).toBe(sum('md5', 'one'))
})

describe('writeChecksums', () => {
  const write = async (checksums: Parameters<typeof writeChecksums>[0]['checksums']) => {
    const artifacts = [
      await localAsset(await file('b 1')),
      await localAsset(await file('a', 'two')),
    ]
    await mkdir(at('out'), { recursive: true })
    const paths = await writeChecksums({ checksums }, artifacts, at('out'))
    const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
    return Object.fromEntries(
      paths.map((path, index) => [path.slice(at('out/').length), texts[index]]),
    )
  }

  it('writes one file of all, over the names as GitHub will show them', async () => {
    expect(await write({ sha256: 'SHA256SUMS' })).toEqual({
      SHA256SUMS: `${sum('sha256', 'one')}  b.1\n${sum('sha256', 'two')}  a\n`,
    })
  })

  it('writes one beside each where its name has {artifact}', async () => {
    expect(await write({ sha256: 'SUMS', md5: '{artifact}.md5' })).toEqual({
      SUMS: expect.any(String),
      'b.1.md5': `${sum('md5', 'one')}  b.1\n`,
      'a.md5': `${sum('md5', 'two')}  a\n`,
    })
  })

  it('writes nothing where nothing is asked for, and nothing of nothing', async () => {
    expect(await write({})).toEqual({})
    expect(await writeChecksums({ checksums: { sha256: 'SUMS' } }, [], folder)).toEqual([])
  })
})

describe('a download meets', () => {
  const asset = (more = {}) => assetOf('a', { digest: `sha256:${sum('sha256', 'one')}`, ...more })
  const meet = (more = {}) => whatIsThere([{ asset: asset(more), path: at('a') }])

  it('nothing', async () => {
    expect([...(await meet())]).toEqual([])
  })

  it.each<[string, string, object, boolean | null]>([
    ['the asset', 'one', {}, true],
    ['another file of its size', 'two', {}, false],
    ['a file of another size', 'longer', {}, false],
    ['a file of its size where the server tells no digest', 'two', { digest: null }, null],
    ['a file of another size where the server tells no digest', 'longer', { digest: null }, false],
  ])('%s', async (_name, text, more, isAsset) => {
    await file('a', text)
    const old = await meet(more)
    expect(old.get(at('a'))?.isAsset).toBe(isAsset)
    const check = () => assertNoCollisions(old, releaseOf('v1.0.0'))
    if (isAsset === false) expect(check).toThrow(`other files already exist: ${at('a')}`)
    else expect(check).not.toThrow()
  })

  it('a folder in its place, which it never removes', async () => {
    await mkdir(at('a'))
    await expect(meet()).rejects.toThrow(`${at('a')} exists, and is not a file`)
  })
})
