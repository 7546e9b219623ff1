import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../../src/base/errors.js'
import { readGitConfig } from '../../../../src/git/plumbing/config/config-file.js'
import { git, gitBytes, temporaryFolder } from '../../support/real-git.js'

const texts = [
  '[core]\n\tbare = false\n',
  '[CORE]\nFileMode=TRUE\n',
  '[remote "origin"]\n\turl = https://example.com/a/b.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\tfetch = +x:y\n',
  '[branch "a \\"b\\" \\\\ c"]\nmerge = refs/heads/x\n',
  '[a.B]\nc = d\n',
  '[x]\na = one   two  \nb = " quoted  " tail ; comment\nc = a#b\nd = "a#b" # comment\n',
  '[x]\nbare\nempty =\nspaces =    \n',
  '[x] a = b\n[y]c=d\n',
  '[x]\na = one \\\n  two\nb = "one \\\ntwo"\n',
  '[x]\na = \\t\\n\\b\\"\\\\\n',
  '# comment\n; comment\n[x]\n  # a = b\n\ta-1 = 2\n',
  '\ufeff[x]\r\na = b\r\nc = d e \r\n',
  '[x "Y"]\nZ = ü\n',
  '[x]\na = 1\n[y]\nb = 2\n[x]\na = 3\n',
]

function folder(text: string): string {
  const dir = temporaryFolder()
  writeFileSync(join(dir, 'config'), text)
  return dir
}

/** Every key with its values, as git reads them. */
function gits(dir: string): Map<string, string[]> {
  const output = gitBytes(dir, ['config', '--file', 'config', '--list', '-z']).toString('utf8')
  const values = new Map<string, string[]>()
  for (const record of output.split('\0').slice(0, -1)) {
    const at = record.indexOf('\n')
    const [key, value] = at < 0 ? [record, 'true'] : [record.slice(0, at), record.slice(at + 1)]
    values.set(key, [...(values.get(key) ?? []), value])
  }
  return values
}

describe('a configuration file', () => {
  test.each(texts)('is read as git does: %j', (text) => {
    const dir = folder(text)
    const config = readGitConfig(dir)
    const theirs = gits(dir)
    expect(config.keys('').sort()).toEqual([...theirs.keys()].sort())
    for (const [key, values] of theirs) {
      expect(config.all(key)).toEqual(values)
      expect(config.get(key)).toBe(values.at(-1))
    }
  })

  test.each(['true', 'yes', 'ON', '1', '2', 'false', 'no', 'Off', '0', ''])(
    '%j is a boolean',
    (value) => {
      const dir = folder(`[a]\nb = ${value}\n`)
      const theirs = git(dir, ['config', '--file', 'config', '--type=bool', 'a.b'])
      expect(String(readGitConfig(dir).boolean('a.b', false))).toBe(theirs)
      expect(String(readGitConfig(dir).boolean('a.b', true))).toBe(theirs)
    },
  )

  test.each(['[x\n', '[x]\na = "b\n', '[x]\na = \\q\n', '[x]\n1a = b\n', '[x]\na b = c\n'])(
    'that git refuses is refused: %j',
    (text) => {
      const dir = folder(text)
      expect(() => gits(dir)).toThrow()
      expect(() => readGitConfig(dir)).toThrow(ConfigError)
    },
  )

  test('is empty where there is none', () => {
    expect(readGitConfig(temporaryFolder()).get('core.bare')).toBe(undefined)
  })
})
