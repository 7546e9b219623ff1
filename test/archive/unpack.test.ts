import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ZipEntry, zip } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultLimits, limitsWith } from '../../src/archive/limits.js'
import { type UnpackOptions, unpackZip } from '../../src/archive/unpack.js'
import { ConflictError, PathError, UsageError, WizardError } from '../../src/base/errors.js'
import { inShell } from '../support/shell.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (...parts: string[]) => join(folder, ...parts)

async function unpack(entries: ZipEntry[] | Buffer, options?: UnpackOptions) {
  await writeFile(at('a.zip'), Buffer.isBuffer(entries) ? entries : zip(entries))
  return unpackZip(at('a.zip'), at('out'), options)
}

/** Refused with this message; nothing is at the destination, and nothing is left beside it. */
async function refused(
  entries: ZipEntry[] | Buffer,
  kind: typeof WizardError,
  words: string | RegExp,
  options?: UnpackOptions,
) {
  const error = await unpack(entries, options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(kind)
  expect((error as Error).message).toMatch(words)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a message has none
  expect((error as Error).message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  expect((error as Error).message.length).toBeLessThan(500)
  expect(await readdir(folder)).toEqual(['a.zip'])
}

const file = (name: string, content: string | Buffer = 'x', rest: Partial<ZipEntry> = {}) => ({
  name,
  content,
  ...rest,
})

describe('unpackZip', () => {
  it('unpacks files and folders, stored and deflated, small and large', {
    tags: ['deep'],
  }, async () => {
    const large = Buffer.alloc(3_000_000, 'some text ')
    const done = await unpack([
      file('./a//b.txt', 'text'),
      file('empty/', ''),
      file('a/run.sh', '#!/bin/sh\n', { mode: 0o100755 }),
      file('a/large', large, { deflated: true }),
      file('a/stored', large),
      file('a/ünï', '', { deflated: true }),
    ])
    expect(done).toEqual({ path: at('out'), files: 5, size: 6_000_014 })
    expect(await readFile(at('out/a/b.txt'), 'utf8')).toBe('text')
    expect((await readFile(at('out/a/large'))).equals(large)).toBe(true)
    expect((await readFile(at('out/a/stored'))).equals(large)).toBe(true)
    expect((await stat(at('out/a/run.sh'))).mode & 0o111).toBe(0o111 & ~process.umask())
    expect((await stat(at('out/a/b.txt'))).mode & 0o111).toBe(0)
    expect(await readdir(at('out/empty'))).toEqual([])
    expect(await readdir(folder)).toEqual(['a.zip', 'out'])
  })

  it.each([
    ['../x', 'it leaves its folder'],
    ['a/../../x', 'it leaves its folder'],
    ['/etc/x', 'its path is absolute'],
    ['//host/share/x', 'its path is absolute'],
    ['C:/x', 'its path begins with a drive letter'],
    ['c:x', 'its path begins with a drive letter'],
    ['a\\..\\x', 'its name contains a backslash'],
    ['\\\\host\\x', 'its name contains a backslash'],
    ['a\0b', 'its name contains a control character'],
    ['a\u001b]0;x\u0007', 'its name contains a control character'],
    ['a\nb', 'its name contains a control character'],
    ['CON', 'its name is reserved for a device'],
    ['a/nul.txt', 'its name is reserved for a device'],
    ['Com1.log/x', 'its name is reserved for a device'],
    ['lpt9 .txt', 'its name is reserved for a device'],
    ['a./x', 'its name ends in a dot or a space'],
    ['a ', 'its name ends in a dot or a space'],
    ['...', 'its name ends in a dot or a space'],
    ['f.txt:ads', 'its name contains a colon'],
    ['a/.git::$INDEX_ALLOCATION/config', 'its name contains a colon'],
    ['a\u202egnp.exe', 'its name contains characters that change the text direction'],
    ['', 'its name is empty'],
    ['.', 'its name is empty'],
  ])('refuses %j', async (name, fault) => {
    await refused([file('fine'), file(name)], PathError, fault)
  })

  it.each([
    ['the same name twice', ['a', 'a'], 'it appears twice'],
    ['names that differ in case', ['a/x', 'a/X'], 'some file systems treat it as "a/x"'],
    ['folders that differ in case', ['a/x', 'A/y'], 'some file systems treat it as "a"'],
    ['names that differ in how they are composed', ['\u00e9', 'e\u0301'], 'some file systems'],
    ['a file where a folder is needed', ['a', 'a/b'], 'it appears twice'],
    ['a file where a folder is', ['a/b', 'a'], 'it is also a folder'],
  ])('refuses %s', async (_what, names, fault) => {
    await refused(
      names.map((name) => file(name)),
      PathError,
      fault,
    )
  })

  it.each([
    ['a symlink', { mode: 0o120777 }, 'it is a symbolic link'],
    ['a device', { mode: 0o020666 }, 'it is neither a file nor a folder'],
    ['a socket', { mode: 0o140777 }, 'it is neither a file nor a folder'],
    ['an encrypted member', { claims: { flags: 1 } }, 'encrypted|two sizes'],
    ['another method', { claims: { method: 12 } }, 'it uses compression method 12'],
  ])('refuses %s', async (_what, rest, fault) => {
    await refused([file('x', 'target', rest)], WizardError, new RegExp(fault))
  })

  const zeros = Buffer.alloc(1_000_000)
  it.each([
    ['longer than it says', { claims: { size: 10 } }, 'longer than the directory says'],
    ['shorter than it says', { claims: { size: 1_000_001 } }, 'shorter than the directory'],
    ['of another checksum', { claims: { crc: 1 } }, 'its checksum is wrong'],
  ])('tells a member that is %s', async (_what, rest, fault) => {
    await refused([file('x', zeros, { deflated: true, ...rest })], WizardError, fault)
    const small = file('x', 'aaaaaaaaaaaaaaaaaaaa', { deflated: true, ...rest })
    await refused([small], WizardError, fault)
  })

  it('refuses members that share their bytes', async () => {
    const first = file('a', zeros, { deflated: true })
    const same = { ...first, name: 'b', claims: { offset: 0 } }
    await refused([first, same], WizardError, 'overlaps')
    const inside = file('b', 'x', { claims: { offset: 20 } })
    await refused([first, inside], WizardError, 'overlaps')
  })

  it('refuses what is more than the limits allow, before anything is written', async () => {
    const limits = { ...defaultLimits, entries: 2, size: 2_000_000, ratio: 50, ratioFrom: 500_000 }
    const three = ['a', 'b', 'c'].map((name) => file(name))
    await refused(three, PathError, 'has 3 entries, more than 2', { limits })
    const big = ['a', 'b'].map((name) => file(name, Buffer.alloc(1_000_001)))
    await refused(big, PathError, 'more than 2000000 bytes', { limits })
    const bomb = file('a', zeros, { deflated: true })
    await refused([bomb], PathError, /unpacks to \d+ times its size/, { limits })
    // The declared size does not matter.
    const claims = { size: 400_000 }
    await refused([{ ...bomb, claims }], WizardError, 'longer than the', { limits })
    expect(() => limitsWith(0)).toThrow(UsageError)
  })

  it('refuses folders without end, however few entries name them', async () => {
    const deep = (count: number) => file(`${'a/'.repeat(count)}x`)
    await refused([deep(201)], PathError, 'nested in more than 200 folders')
    await refused([file('a/'.repeat(2000), '')], PathError, 'nested in more')
    expect((await unpack([deep(200)])).files).toBe(1)
    await rm(at('out'), { recursive: true })
    const limits = { ...defaultLimits, entries: 10 }
    const wide = Array.from({ length: 5 }, (_, index) => file(`${index}/b/c/d`))
    await refused(wide, PathError, 'has 12 entries, more than 10', { limits })
  })

  it.each([
    ['what is no archive', Buffer.from('<html>'.repeat(20))],
    ['an empty file', Buffer.alloc(0)],
    [
      'a directory of something else',
      Buffer.concat([zip([]).subarray(0, 10), Buffer.alloc(12, 7)]),
    ],
  ])('tells %s', async (_what, bytes) => {
    await refused(bytes, WizardError, 'is not a zip archive, or it is damaged')
  })

  it('tells an archive that was cut anywhere, or changed', async () => {
    const whole = zip([file('a', 'aaaa'.repeat(50), { deflated: true }), file('b')])
    for (let length = 0; length < whole.length; length += 7) {
      await refused(whole.subarray(0, length), WizardError, 'damaged')
    }
    const changed = Buffer.from(whole)
    changed[32] = 0xff
    await refused(changed, WizardError, 'damaged')
  })

  it('hides no entry that the directory does not count', async () => {
    const bytes = zip([file('a'), file('b')])
    bytes.writeUInt16LE(1, bytes.length - 12)
    bytes.writeUInt16LE(1, bytes.length - 14)
    await refused(bytes, WizardError, 'ends in the wrong place')
  })

  it('leaves what is at the destination, but for an empty folder', async () => {
    await mkdir(at('out'))
    await unpack([file('a', 'one')])
    await expect(unpack([file('a', 'two')])).rejects.toThrow(ConflictError)
    expect(await readFile(at('out/a'), 'utf8')).toBe('one')
    await rm(at('out'), { recursive: true })
    await symlink('/nowhere', at('out'))
    await expect(unpack([file('a', 'two')])).rejects.toThrow(ConflictError)
    expect(await readlink(at('out'))).toBe('/nowhere')
  })

  it('adds to it with clobber, and replaces files of its own names alone', async () => {
    await unpack([file('a', 'one'), file('old'), file('deep/b', 'one')])
    const damaged = [file('a', 'two', { claims: { crc: 1 } })]
    await expect(unpack(damaged, { clobber: true })).rejects.toThrow('checksum')
    expect(await readFile(at('out/a'), 'utf8')).toBe('one')
    await unpack([file('a', 'two'), file('deep/b', 'two'), file('deep/c')], { clobber: true })
    expect((await readdir(at('out'), { recursive: true })).toSorted()).toEqual([
      ...['a', 'deep', 'deep/b', 'deep/c', 'old'],
    ])
    expect(await readFile(at('out/a'), 'utf8')).toBe('two')
    expect(await readFile(at('out/deep/b'), 'utf8')).toBe('two')
    expect(await readdir(folder)).toEqual(['a.zip', 'out'])
  })

  it.each([
    ['a file where a folder goes', (out: string) => writeFile(join(out, 'deep'), 'mine')],
    ['a folder where a file goes', (out: string) => mkdir(join(out, 'z'))],
    ['a symlink where a folder goes', (out: string) => symlink(folder, join(out, 'deep'))],
  ])('with clobber, %s is refused, and no file is replaced', async (_what, put) => {
    await unpack([file('a', 'one')])
    await put(at('out'))
    const before = await readdir(at('out'), { recursive: true })
    const entries = [file('a', 'two'), file('deep/b', 'two'), file('z', 'two')]
    await expect(unpack(entries, { clobber: true })).rejects.toThrow(ConflictError)
    expect(await readFile(at('out/a'), 'utf8')).toBe('one')
    expect(await readdir(at('out'), { recursive: true })).toEqual(before)
    expect(await readdir(folder)).toEqual(['a.zip', 'out'])
  })

  it('with clobber, a symlink at its own place is refused, and a file that is one replaced', async () => {
    await mkdir(at('elsewhere'))
    await writeFile(at('elsewhere/a'), 'mine')
    await symlink(at('elsewhere'), at('out'))
    await expect(unpack([file('a', 'two')], { clobber: true })).rejects.toThrow(ConflictError)
    await rm(at('out'))
    await mkdir(at('out'))
    await symlink(at('elsewhere/a'), at('out/a'))
    await unpack([file('a', 'two')], { clobber: true })
    expect(await readFile(at('out/a'), 'utf8')).toBe('two')
    expect(await readFile(at('elsewhere/a'), 'utf8')).toBe('mine')
  })

  it('unpacks under the names that it is given, and refuses two that become one', async () => {
    const rename = (name: string) => (name === 'a' ? 'b' : name)
    await unpack([file('a/a'), file('a/c')], { rename })
    expect((await readdir(at('out'), { recursive: true })).toSorted()).toEqual(['b', 'b/b', 'b/c'])
    await rm(at('out'), { recursive: true })
    await refused([file('a'), file('b')], PathError, 'appears twice', { rename })
  })

  it('ends when it is told to, with nothing left', async () => {
    const stop = new AbortController()
    const files = Array.from({ length: 3000 }, (_none, index) => file(`f${index}`))
    const reason = new Error('stopped')
    const onProgress = () => stop.abort(reason)
    await expect(unpack(files, { signal: stop.signal, onProgress })).rejects.toBe(reason)
    expect(await readdir(folder)).toEqual(['a.zip'])
  })

  it('removes what a killed one left, and nothing else', async () => {
    await unpack([file('a', 'one')], { liveness: mark })
    await mkdir(at('.wizard-unpack-other-0123456789ab'))
    await symlink('wizard:dead', at('.wizard-unpack-other-0123456789ab.owner'))
    await mkdir(at('.wizard-unpack-live-0123456789ab'))
    await symlink('wizard:alive', at('.wizard-unpack-live-0123456789ab.owner'))
    await unpack([file('a', 'two')], { clobber: true, liveness: mark })
    expect((await readdir(folder)).toSorted()).toEqual([
      '.wizard-unpack-live-0123456789ab',
      '.wizard-unpack-live-0123456789ab.owner',
      'a.zip',
      'out',
    ])
  })

  const mark = { mark: 'alive', isAlive: async (owner: string) => owner === 'alive' }
})

describe('archives of other programs', () => {
  const has = (program: string) => {
    try {
      inShell(['sh', '-c', `command -v ${program}`])
      return true
    } catch {
      return false
    }
  }

  it.runIf(has('zip'))('unpacks those of zip, from a file and from a pipe', async () => {
    await mkdir(at('in/deep'), { recursive: true })
    await writeFile(at('in/deep/ä.txt'), 'text\n'.repeat(1000))
    await writeFile(at('in/run'), '', { mode: 0o755 })
    inShell(['zip', '-qr', at('one.zip'), '.'], { cwd: at('in') })
    await writeFile(at('two.zip'), inShell(['zip', '-qr', '-', '.'], { cwd: at('in') }))
    for (const name of ['one', 'two']) {
      await unpackZip(at(`${name}.zip`), at(name))
      expect(inShell(['diff', '-r', at('in'), at(name)]).toString()).toBe('')
      expect((await stat(at(name, 'run'))).mode & 0o100).toBe(0o100)
    }
  })

  it.runIf(has('python3'))(
    'unpacks zip64, and refuses what claims to be larger',
    { tags: ['deep'] },
    async () => {
      const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    with z.open('big', 'w', force_zip64=True) as f: f.write(b'x' * 1000)
    for i in range(66000): z.writestr('f%d' % i, '')
`
      inShell(['python3', '-c', script, at('a64.zip')])
      expect(await unpackZip(at('a64.zip'), at('out'))).toMatchObject({ files: 66001, size: 1000 })
      await truncate(at('a64.zip'), 100_000)
      await expect(unpackZip(at('a64.zip'), at('cut'))).rejects.toThrow('damaged')
    },
  )
})
