import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bytesOf, fsPath, parentsOf, showPath } from '../../../src/git/plumbing/byte-path.js'
import { inShell } from '../../support/shell.js'
import { git, temporaryFolder } from '../support/real-git.js'

test('a path is shown as git shows it', { tags: ['deep'] }, () => {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet'])
  const names = [
    'plain',
    'gr\xc3\xbc\xc3\x9f',
    'caf\xe9',
    'a\tb',
    'a\nb',
    'a"b',
    'a\\b',
    'a\x1b[2J',
    'a\x7fb',
    'sp ace',
    '\xff\xc3\xbc"',
  ]
  for (const name of names) {
    mkdirSync(dir, { recursive: true })
    writeFileSync(Buffer.from(`${dir}/${name}`, 'latin1'), '')
    const theirs = inShell(['git', '-c', 'core.quotePath=false', 'ls-files', '--others'], {
      cwd: dir,
    })
    const shown = showPath(name)
    // Bytes that are not UTF-8 can't be shown as they are.
    const expected = theirs.toString('latin1').trimEnd()
    if (name.includes('\xff') || name.includes('\xe9')) expect(shown).toMatch(/^".*\\3/)
    else expect(bytesOf(shown)).toBe(expected)
    inShell(['git', 'clean', '-fdq'], { cwd: dir })
  }
})

test('what could mislead on a terminal is escaped', () => {
  expect(showPath(bytesOf('a\u202eb'))).toBe('"a\\342\\200\\256b"')
  expect(showPath(bytesOf('a\u009bb'))).toBe('"a\\302\\233b"')
  expect(showPath(bytesOf('.g\u200cit'))).toBe('".g\\342\\200\\214it"')
  expect(showPath(bytesOf('\ufeffa'))).toBe('"\\357\\273\\277a"')
})

test('bytes go to the file system unchanged', () => {
  expect(fsPath('a/b')).toBe('a/b')
  expect(fsPath('caf\xe9')).toEqual(Buffer.from([0x63, 0x61, 0x66, 0xe9]))
})

test('a path has parents', () => {
  expect(parentsOf('a/b/c')).toEqual(['a', 'a/b'])
})
