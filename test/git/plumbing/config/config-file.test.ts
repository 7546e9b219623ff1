import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
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

test('includes are followed as git follows them, in their place', () => {
  const home = realpathSync(temporaryFolder())
  const dir = join(home, 'work/repo')
  mkdirSync(dir, { recursive: true })
  git(dir, ['init', '--quiet'])
  const user = [
    '[x]\na = before\nb = user\n',
    '[include]\npath = plain\npath = absent\n',
    '[includeIf "gitdir:~/work/"]\npath = ~/in-work\n',
    '[includeIf "gitdir:repo/.git"]\npath = by-name\n',
    '[includeIf "gitdir:~/WORK/"]\npath = other-case\n',
    '[includeIf "gitdir/i:~/WORK/"]\npath = any-case\n',
    '[includeIf "gitdir:/elsewhere/"]\npath = elsewhere\n',
    '[x]\nb = after\n',
  ]
  const names = ['plain', 'in-work', 'by-name', 'other-case', 'any-case', 'elsewhere']
  for (const name of names) {
    writeFileSync(join(home, name), `[x]\na = ${name}\nb = ${name}\n${name} = 1\n`)
  }
  const path = join(home, '.gitconfig')
  writeFileSync(path, user.join(''))
  const env = { HOME: home, GIT_CONFIG_GLOBAL: path }
  const config = readGitConfig(join(dir, '.git'), [path], home)
  const found = config.keys('x.').flatMap((key) => config.all(key).map((one) => `${key}=${one}`))
  const listed = git(dir, ['config', '--list'], { env }).split('\n')
  const known = (lines: string[]) => lines.filter((line) => line.startsWith('x.')).sort()
  expect(known(found)).toEqual(known(listed))
  expect(config.all('x.b')).toEqual(['user', 'plain', 'in-work', 'by-name', 'any-case', 'after'])
  writeFileSync(join(home, 'plain'), '[include]\npath = plain\n')
  expect(() => readGitConfig(join(dir, '.git'), [path], home)).toThrow(ConfigError)
})
