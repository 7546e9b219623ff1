import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { Attributes } from '../../../../src/git/plumbing/attributes/attributes.js'
import { attributeSource, inWorktree } from '../../../../src/git/plumbing/attributes/source.js'
import { bytesOf } from '../../../../src/git/plumbing/byte-path.js'
import { Folder } from '../../../../src/git/worktree/folder.js'
import { git, temporaryFolder } from '../../support/real-git.js'

const names = ['text', 'eol', 'crlf', 'binary', 'diff', 'mine']
const paths = [
  'a.txt',
  'b.bin',
  'deep/a.txt',
  'deep/er/b.bin',
  'deep/er/a.txt',
  'sp ace.txt',
  'Ä.txt',
]

/** Files below the work tree; `user` is the user's own. */
const cases: [string, Record<string, string>][] = [
  ['nothing', {}],
  ['by name at any depth', { '.gitattributes': '*.txt text\n*.bin -text\n' }],
  [
    'by path',
    { '.gitattributes': '/a.txt text\ndeep/*.txt eol=crlf\ndeep/** mine=x\n**/er/* -diff' },
  ],
  ['the later line', { '.gitattributes': '*.txt text eol=lf\na.txt -text\n* !eol\n' }],
  ['the later word', { '.gitattributes': '* text -text text=auto\n*.bin mine !mine\n' }],
  [
    'the nearer folder',
    {
      '.gitattributes': '* text\n',
      'deep/.gitattributes': '*.txt -text\n',
      'deep/er/.gitattributes': 'a.txt text=auto\n',
    },
  ],
  [
    'info before all',
    {
      'deep/.gitattributes': '* text\n',
      '.git/info/attributes': 'deep/a.txt -text\n*.bin binary\n',
    },
  ],
  ['the user last', { user: '* text=auto mine\n', '.gitattributes': '*.bin binary\n' }],
  ['binary', { '.gitattributes': '*.bin binary\n*.txt -binary\n' }],
  [
    'binary, and text before or after',
    { '.gitattributes': 'a.txt text\na.txt binary\n*.bin binary\n*.bin text\n' },
  ],
  ['a macro', { '.gitattributes': '[attr]own -text mine=1\n*.bin own\n*.txt -own\n' }],
  ['a macro of a macro', { '.gitattributes': '[attr]own binary mine\n*.bin own diff\n' }],
  [
    'macros of several files',
    {
      user: '[attr]own mine=user text\n',
      '.gitattributes': '[attr]own mine=top\n* own\n',
      '.git/info/attributes': '[attr]own mine=info -text\n',
    },
  ],
  ['no macro of a folder', { 'deep/.gitattributes': '[attr]own -text\n* own\n' }],
  ['folders and negation match no file', { '.gitattributes': 'deep/ text\n!*.bin text\n' }],
  ['comments, blanks and CRLF', { '.gitattributes': '# * text\r\n\r\n  *.txt\ttext  eol=lf\r\n' }],
  [
    'quoted patterns',
    { '.gitattributes': '"sp ace.txt" text\n"\\303\\204.txt" -text\n"a.\\164xt" mine\n' },
  ],
  ['what is no attribute', { '.gitattributes': '*.txt text -=x =y + text\n*.bin mine=a=b\n' }],
  [
    'a line that is too long',
    { '.gitattributes': `*.txt text${' '.repeat(2039)}\n*.bin text${' '.repeat(2038)}\n` },
  ],
  ['an empty nearer file', { '.gitattributes': '* text\n', 'deep/.gitattributes': '' }],
  ['no space after a quote', { '.gitattributes': '"*.txt"text\n"*.bin"\n' }],
  ['a NUL in a line', { '.gitattributes': '*.txt text\0eol=crlf\n*.bin\0 text\n* mine\n' }],
  ['a folder', { 'deep/.gitattributes/x': '* text\n', '.gitattributes': '* mine\n' }],
  ['a byte order mark', { '.gitattributes': '\ufeff*.txt text\n' }],
]

test.each(cases)('as git check-attr says: %s', async (_name, files) => {
  const dir = temporaryFolder()
  const user = join(temporaryFolder(), 'attributes')
  git(dir, ['init', '--quiet'])
  git(dir, ['config', 'core.attributesFile', user])
  for (const [name, text] of Object.entries(files)) {
    const path = name === 'user' ? user : join(dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const found = await Promise.all(paths.map((path) => ours(dir, path, user)))
  expect(found).toEqual(paths.map((path) => theirs(dir, path)))
})

test('a symlink in the work tree is not followed, as by git', async () => {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet'])
  writeFileSync(join(dir, 'elsewhere'), '* text\n')
  symlinkSync('elsewhere', join(dir, '.gitattributes'))
  expect(await ours(dir, 'a.txt', null)).toEqual(theirs(dir, 'a.txt'))
})

async function ours(dir: string, path: string, user: string | null) {
  const settings = { attributesFiles: user === null ? [] : [user], ignoreCase: false }
  const place = { gitDir: join(dir, '.git'), settings }
  const source = attributeSource(place, [inWorktree(new Folder(dir))])
  // Those that nobody asks for may be left out, and change nothing.
  const wanted = new Attributes(source, names)
  const found = await new Attributes(source).of(bytesOf(path))
  for (const name of names) expect((await wanted.of(bytesOf(path))).get(name)).toBe(found.get(name))
  return names.map((name) => {
    const value = found.get(name)
    if (value === undefined) return `${name}: unspecified`
    return `${name}: ${value === true ? 'set' : value === false ? 'unset' : value}`
  })
}

const theirs = (dir: string, path: string) =>
  git(dir, ['check-attr', '-z', ...names, '--', path])
    .split('\0')
    .slice(0, -1)
    .flatMap((word, index, words) => (index % 3 === 1 ? [`${word}: ${words[index + 1]}`] : []))
