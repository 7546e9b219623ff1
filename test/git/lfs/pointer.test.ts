import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parsePointer } from '../../../src/git/lfs/pointer.js'
import { whyNoGitLfs } from '../../support/git-lfs.js'
import { temporaryFolder } from '../support/real-git.js'

const oid = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
const version = 'version https://git-lfs.github.com/spec/v1'
const usual = `${version}\noid sha256:${oid}\nsize 5\n`
const extension = (key: string) => `${key} sha256:${'1'.repeat(64)}`
const withExtensions = (...keys: string[]) =>
  usual.replace('\noid', `\n${keys.map(extension).join('\n')}\noid`)

const pointers: Record<string, string> = {
  'as git-lfs writes it': usual,
  'without its last line end': usual.trimEnd(),
  'with other line ends': usual.replaceAll('\n', '\r\n'),
  'with empty lines': `\n${usual.replaceAll('\n', '\n\n')}\r\n\r\n`,
  'between blanks': `\t \v\f\u0085\u00a0${usual}\u2003 \u3000`,
  'with blanks up to 1,023 bytes': usual.padEnd(1023),
  'with blanks up to 1,024 bytes': usual.padEnd(1024),
  'with many blanks': usual.padEnd(5000),
  'with many empty lines': usual.padEnd(5000, '\n'),
  'with something behind 1,024 bytes': `${usual.padEnd(1024)}something`,
  'with a signed size': usual.replace('size 5', 'size +5'),
  'with a long size': usual.replace('size 5', 'size 0000000000000000000000005'),
  'with the largest size': usual.replace('size 5', `size ${2n ** 63n - 1n}`),
  'with the size -0': usual.replace('size 5', 'size -0'),
  'of hawser': usual.replace('git-lfs.github', 'hawser.github'),
  'of git-media': usual.replace('https://git-lfs.github.com/spec/v1', 'http://git-media.io/v/2'),
  'with an extension': withExtensions('ext-0-foo'),
  'with an extension of another name': withExtensions('ext-0-foo.b-r'),
  'with two extensions': withExtensions('ext-1-foo', 'ext-0-bar'),
  'with an extension twice': withExtensions('ext-0-foo', 'ext-0-foo'),
  'with an extension before the version': `${extension('ext-0-foo')}\n${usual}`,
  'with an extension before the size': usual.replace('size', `${extension('ext-0-foo')}\nsize`),
}

const others: Record<string, string> = {
  'other text': 'hello\n',
  'a byte order mark before it': `\ufeff${usual}`,
  'something before 1,024 bytes': `${usual.padEnd(1023)}something`,
  'a line end of two CR': usual.replace('\n', '\r\r\n'),
  'a blank behind the version': usual.replace('\n', ' \n'),
  'a blank behind the object': usual.replace('\nsize', ' \nsize'),
  'two blanks before the size': usual.replace('size ', 'size  '),
  'another order': `${version}\nsize 5\noid sha256:${oid}\n`,
  'another version': usual.replace('v1', 'v2'),
  'another protocol': usual.replace('https', 'http'),
  'another hash': usual.replace('sha256', 'sha512'),
  'upper case': usual.replace(oid, oid.toUpperCase()),
  'a digit that is none': usual.replace('2cf', '2cg'),
  'a short object': usual.replace(oid, oid.slice(1)),
  'a long object': usual.replace(oid, `${oid}0`),
  'a negative size': usual.replace('size 5', 'size -5'),
  'a size that is too large': usual.replace('size 5', `size ${2n ** 63n}`),
  'a size in hexadecimal digits': usual.replace('size 5', 'size 0x5'),
  'no size': usual.replace('size 5\n', ''),
  'a fourth key': `${usual}more 1\n`,
  'an extension behind the size': `${usual}${extension('ext-0-foo')}\n`,
  'an extension of two digits': withExtensions('ext-10-foo'),
  'an extension without a name': withExtensions('ext-0-'),
  'two extensions of one priority': withExtensions('ext-0-foo', 'ext-0-bar'),
  'an extension without an object': usual.replace('\noid', '\next-0-foo x\noid'),
  'a NUL at its end': `${usual}\0`,
}

test.each(Object.entries(pointers))('a pointer %s', (name, text) => {
  const size = /size (.*)/.exec(text)?.[1]
  expect(parsePointer(Buffer.from(text))).toEqual({
    oid,
    size: size === '-0' ? 0 : Number(size),
    isExtended: name.includes('extension'),
  })
})

test.each(Object.entries(others))('no pointer: %s', (_, text) => {
  expect(parsePointer(Buffer.from(text))).toBeNull()
})

describe.skipIf(whyNoGitLfs() !== null)('git-lfs agrees', { tags: ['deep'] }, () => {
  test.each([
    ...Object.entries(pointers).map((one) => [...one, true] as const),
    ...Object.entries(others).map((one) => [...one, false] as const),
  ])('%s', (_, text, isPointer) => {
    const file = join(temporaryFolder(), 'pointer')
    writeFileSync(file, text)
    const check = () =>
      execFileSync('git', ['lfs', 'pointer', '--check', '--file', file], { stdio: 'ignore' })
    if (isPointer) check()
    else expect(check).toThrow()
  })
})
