import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkoutFresh } from '../../../src/git/worktree/checkout.js'
import { fastForward } from '../../../src/git/worktree/move/move-tree.js'
import { status } from '../../../src/git/worktree/status.js'
import { git, gitBytes, temporaryFolder } from '../support/real-git.js'
import { placeOf } from '../support/repository.js'
import { snapshot } from '../support/snapshot.js'
import { addCommit, type Random, type RandomTree, randomSource } from '../support/trees.js'

const oid = '0123456789abcdef0123456789abcdef01234567'
const utf16 = Buffer.from('\ufeffä\n\u{1f600}\n', 'utf16le').toString('latin1')
/** One character per byte. */
const contents = [
  '',
  'one\ntwo\n',
  'one\r\ntwo\r\n',
  'one\r\ntwo\n',
  'one\rtwo\n',
  'one\r\r\ntwo\n',
  'no end',
  'no end\r\n',
  '\n',
  '\r\n',
  'nul\0\n',
  `${'\u0001'.repeat(20)}odd\n`,
  `${'readable '.repeat(300)}\u0001\u0002\n`,
  'dos\n\u001a',
  '$Id$\n',
  `$Id: ${oid} $\r\n`,
  '$Id: file.c,v 1.2 someone $\n$Id:$ $Id: x$ $Id:a b$\n',
  '$$Id$ $I$Id$ $Id$Id$ $Id: a b$Id$ $Id: a$Id$ $Id:a b$ $Id$x\n',
  '$Id: no end\n$Id$$Id$ $Idx$ $$Id$\n',
  'caf\u00c3\u00a9 \u00e2\u0082\u00ac\n',
  'caf\u00e9\n',
  utf16,
  '\u00e6\u0097\u00a5\u00e6\u009c\u00ac\n',
]
const attributes = [
  ...[
    'text',
    '-text',
    'text=auto',
    '!text',
    'text=input',
    'text=odd',
    'crlf',
    '-crlf',
    'crlf=input',
  ],
  ...['eol=lf', 'eol=crlf', 'eol=odd', '-eol', 'binary', '-binary', 'ident', '-ident', 'mine'],
  ...[
    'UTF-8',
    'UTF-16',
    'utf-16le',
    'UTF-16BE',
    'UTF-16LE-BOM',
    'UTF-32',
    'UTF-32BE',
    'ISO-8859-1',
  ].map((name) => `working-tree-encoding=${name}`),
  ...['iso-8859-15', 'windows-1252', 'Shift_JIS'].map((name) => `working-tree-encoding=${name}`),
]
const patterns = ['*', '*.txt', '*.bin', 'a.txt', 'deep/*', '/b.bin', '**/er/*', '[attr]mine', 'c*']
const folders = ['', 'deep/', 'deep/er/']
const files = [
  'a.txt',
  'b.bin',
  'c',
  'cc.txt',
  'deep/a.txt',
  'deep/d',
  'deep/er/a.txt',
  'deep/er/b.bin',
]

function randomAttributes(random: Random): string {
  const line = () => {
    const words = Array.from({ length: 1 + random.pick(3) }, () => random.choose(attributes))
    return `${random.choose(patterns)} ${words.join(' ')}\n`
  }
  return Array.from({ length: random.pick(4) }, line).join('')
}

/** Some of its attributes and files are new. */
function change(random: Random, tree: RandomTree): void {
  for (const folder of folders) {
    if (random.pick(3) > 0) continue
    const content = randomAttributes(random)
    if (content === '') tree.delete(`${folder}.gitattributes`)
    else tree.set(`${folder}.gitattributes`, { mode: '100644', content })
  }
  for (const path of files) {
    if (random.pick(2) === 0) tree.set(path, { mode: '100644', content: random.choose(contents) })
  }
}

interface Made {
  dir: string
  from: string
  to: string
  random: Random
  config: [string, string][]
  own: string
}

function twoCommits(seed: number): Made {
  const random = randomSource(seed)
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'empty'])
  const tree: RandomTree = new Map()
  change(random, tree)
  change(random, tree)
  const from = addCommit(dir, tree, 1)
  change(random, tree)
  const to = addCommit(dir, tree, 2)
  const config: [string, string][] = []
  if (random.pick(3) > 0) config.push(['core.autocrlf', random.choose(['true', 'input', 'false'])])
  if (random.pick(3) === 0) config.push(['core.eol', random.choose(['lf', 'crlf', 'native'])])
  return {
    dir,
    from,
    to,
    random,
    config,
    own: random.pick(4) === 0 ? randomAttributes(random) : '',
  }
}

function prepared({ dir, from, config, own }: Made): string {
  const copy = temporaryFolder()
  git(copy, ['init', '--quiet', '--initial-branch=main'])
  git(copy, ['fetch', '--quiet', dir, '+refs/heads/*:refs/remotes/origin/*'])
  git(copy, ['update-ref', 'refs/heads/main', from])
  for (const [name, value] of config) git(copy, ['config', name, value])
  writeFileSync(join(copy, '.git/info/attributes'), own)
  return copy
}

const endsOf = (dir: string) => gitBytes(dir, ['ls-files', '--eol', '-z']).toString('latin1')
const statusOf = (dir: string) =>
  gitBytes(dir, ['--no-optional-locks', 'status', '--porcelain', '-z'])
    .toString('latin1')
    .split('\0')
    .filter(Boolean)

/** git compares whole seconds, and we parts of them: so that both look at the content. */
function touchAll(dir: string): void {
  for (const path of git(dir, ['ls-files']).split('\n')) {
    try {
      utimesSync(join(dir, path), 1, 1)
    } catch {}
  }
}

/** What our status calls changed, as git's prints it. */
async function ourStatus(dir: string): Promise<string[]> {
  touchAll(dir)
  const { staged, unstaged, untracked } = await status(await placeOf(dir))
  expect(staged).toEqual([])
  return [...unstaged.map((path) => ` M ${path}`), ...untracked.map((path) => `?? ${path}`)].sort()
}

const message = 'pull: Fast-forward'

describe('files are converted as git converts them', () => {
  const seeds = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + index)

  async function compare(seed: number): Promise<void> {
    const made = twoCommits(seed)
    const [ours, theirs] = [prepared(made), prepared(made)]
    const place = await placeOf(ours)
    await checkoutFresh({ ...place, tree: git(ours, ['rev-parse', `${made.from}^{tree}`]) })
    git(theirs, ['reset', '--hard', '--quiet'])
    expect(snapshot(ours, { withGit: false })).toEqual(snapshot(theirs, { withGit: false }))
    expect(endsOf(ours)).toBe(endsOf(theirs))
    expect(await ourStatus(ours)).toEqual(statusOf(ours))

    const edited = edit(made.random, [ours, theirs])
    expect(await ourStatus(ours)).toEqual(statusOf(ours))
    touchAll(theirs)
    expect(statusOf(ours)).toEqual(statusOf(theirs))
    for (const path of edited) {
      git(ours, ['checkout', '--quiet', '--', path])
      git(theirs, ['checkout', '--quiet', '--', path])
    }
    for (const dir of [ours, theirs]) touchAll(dir)
    const { from, to } = made
    const moved = await fastForward({ ...place, branch: 'main', from, to, message }).then(
      () => true,
      () => false,
    )
    let isGitMoved = true
    try {
      git(theirs, ['merge', '--ff-only', '--quiet', to])
    } catch {
      isGitMoved = false
    }
    expect(moved).toBe(isGitMoved)
    expect(snapshot(ours, { withGit: false })).toEqual(snapshot(theirs, { withGit: false }))
    expect(endsOf(ours)).toBe(endsOf(theirs))
    expect(await ourStatus(ours)).toEqual(statusOf(ours))
  }

  test.each(seeds(1, 1))('seed %i', compare)
  test.each([...seeds(2, 3), ...seeds(100, 60)])('seed %i', { tags: ['deep'] }, compare)
})

test.each([
  ['a file of 4 MB', '*.txt text eol=crlf\n'.repeat(220_000)],
  ['thousands of patterns', Array.from({ length: 2001 }, (_, n) => `*x${n}*y text\n`).join('')],
])(
  '%s of attributes blocks a pull, and nothing changes',
  { tags: ['deep'] },
  async (_, attributes) => {
    const dir = temporaryFolder()
    git(dir, ['init', '--quiet', '--initial-branch=main'])
    git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'empty'])
    const tree: RandomTree = new Map([['a.txt', { mode: '100644', content: 'one\n' }]])
    const from = addCommit(dir, tree, 1)
    tree.set('deep/.gitattributes', { mode: '100644', content: attributes })
    const to = addCommit(dir, tree.set('a.txt', { mode: '100644', content: 'two\n' }), 2)
    git(dir, ['reset', '--hard', '--quiet', from])
    const before = snapshot(dir, { withGit: false })
    const place = await placeOf(dir)
    await expect(
      fastForward({ ...place, branch: 'main', from, to, message }),
    ).rejects.toMatchObject({
      reason: 'unsupported',
      message: expect.stringContaining('deep/.gitattributes'),
    })
    expect(snapshot(dir, { withGit: false })).toEqual(before)
    expect(git(dir, ['status', '--porcelain'])).toBe('')
  },
)

test.each([
  ['a byte order mark', '\u00ef\u00bb\u00bf*.txt eol=crlf\n*.bin eol=crlf\n'],
  ['a NUL', '*.txt eol=crlf\0\n*.bin eol=crlf\n'],
  ['a NUL before an attribute', '*.txt\0eol=crlf\n*.bin eol=crlf\n'],
  ['no space after a quote', '"*.txt"eol=crlf\n'],
])('attributes of a tree with %s are read as git reads them', async (_, content) => {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'empty'])
  const leaf = (text: string) => ({ mode: '100644' as const, content: text })
  const tree: RandomTree = new Map([
    ['.gitattributes', leaf(content)],
    ['a.txt', leaf('one\n')],
    ['c.bin', leaf('two\n')],
  ])
  const from = addCommit(dir, tree, 1)
  const made = { dir, from, to: from, random: randomSource(1), config: [], own: '' }
  const [ours, theirs] = [prepared(made), prepared(made)]
  await checkoutFresh({
    ...(await placeOf(ours)),
    tree: git(ours, ['rev-parse', `${from}^{tree}`]),
  })
  git(theirs, ['reset', '--hard', '--quiet'])
  expect(snapshot(ours, { withGit: false })).toEqual(snapshot(theirs, { withGit: false }))
})

/** Other bytes, line ends or times for one file, alike in all folders. @returns its path */
function edit(random: Random, dirs: string[]): string[] {
  const path = random.choose(files)
  const way = random.pick(4)
  const content = random.choose(contents)
  for (const dir of dirs) {
    const file = join(dir, path)
    let data: string
    try {
      data = readFileSync(file, 'latin1')
    } catch {
      return []
    }
    if (way === 0) writeFileSync(file, content, 'latin1')
    if (way === 1) writeFileSync(file, data.replaceAll(/\r?\n/g, '\r\n'), 'latin1')
    if (way === 2) writeFileSync(file, data.replaceAll('\r\n', '\n'), 'latin1')
  }
  return [path]
}
