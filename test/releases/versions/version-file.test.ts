import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/base/errors.js'
import { parseVersionFile } from '../../../src/releases/versions/next-version.js'

const parse = (text: string) => parseVersionFile(text, 'core/version.json')
const parts = { major: 1, minor: 2, patch: 3 }

describe('parseVersionFile', () => {
  it.each<[string, unknown, string]>([
    ['a text, as package.json has it', { name: 'core', version: '1.2.3' }, '1.2.3'],
    ['a pre-release', { version: '1.2.3-rc.1' }, '1.2.3-rc.1'],
    ['numbers', { version: parts }, '1.2.3'],
    ['numbers and a pre-release', { version: { ...parts, prerelease: 'rc.1' } }, '1.2.3-rc.1'],
    ['numbers and a build', { version: { ...parts, build: 5 } }, '1.2.3+5'],
    ['numbers and nulls', { version: { ...parts, prerelease: null, build: null } }, '1.2.3'],
    ['numbers and no build', { version: { ...parts, build: 0 } }, '1.2.3'],
    ['all', { version: { ...parts, prerelease: 'a', build: 'b' } }, '1.2.3-a+b'],
  ])('reads %s', (_name, value, version) => {
    expect(parse(JSON.stringify(value))).toBe(version)
  })

  it('reads a file that begins with a mark of its byte order', () => {
    expect(parse('\ufeff{"version":"1.2.3"}')).toBe('1.2.3')
  })

  it.each([
    ['', 'core/version.json is not valid JSON: '],
    ['{"version":', 'core/version.json is not valid JSON: '],
    ['{}', 'core/version.json has no version'],
    ['[]', 'core/version.json has no version'],
    ['null', 'core/version.json has no version'],
    ['{"version":123}', 'core/version.json has no version'],
    ['{"version":{"major":1,"minor":2}}', 'core/version.json has no version'],
    ['{"version":{"major":1,"minor":2,"patch":-3}}', 'core/version.json has no version'],
    ['{"version":{"major":1.5,"minor":2,"patch":3}}', 'core/version.json has no version'],
    ['{"version":"v1.2.3"}', 'core/version.json: v1.2.3 is not a semantic version'],
    ['{"version":""}', 'is not a semantic version'],
    ['{"version":"1.2"}', 'core/version.json: 1.2 is not a semantic version'],
    ['{"version":{"major":1,"minor":2,"patch":3,"prerelease":"a b"}}', 'is not a semantic version'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(ConfigError)
    expect(() => parse(text)).toThrow(message)
  })
})
