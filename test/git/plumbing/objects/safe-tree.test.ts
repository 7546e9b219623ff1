import { describe, expect, test } from 'vitest'
import { PathError } from '../../../../src/base/errors.js'
import { CorruptObjectError } from '../../../../src/git/errors.js'
import { readSafeTree, unsafeName } from '../../../../src/git/plumbing/objects/safe-tree.js'
import type { ObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { git, temporaryFolder } from '../../support/real-git.js'

const symlink = 0o120000
const regular = 0o100644
const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

const names = [
  ...[
    'a',
    '.',
    '..',
    '...',
    '.git',
    '.GIT',
    '.Git',
    '.giT',
    'git',
    '.gitx',
    '.git.',
    '.git ',
    '.git...',
  ],
  ...[
    '.git . .',
    '.git:',
    '.git::$INDEX_ALLOCATION',
    '.git:x',
    '.gita',
    '.git.a',
    '. git',
    'git~1',
  ],
  ...[
    'GIT~1',
    'git~1.',
    'git~1 ',
    'git~1:x',
    'git~2',
    'git~11',
    'git~',
    'a\\.git',
    '.git\\a',
    'a\\git~1',
  ],
  ...[
    'a\\b',
    '\\',
    '..\\a',
    '.gitmodules',
    '.GITMODULES',
    '.gitmodules ',
    '.gitmodules.',
    '.gitmodules:x',
  ],
  ...[
    'gitmod~1',
    'GITMOD~4',
    'gitmod~5',
    'gi7eba~1',
    'GI7EBA~9',
    'gi7eb~10',
    'gi7~1234',
    '~1234567',
  ],
  ...[
    '~123456',
    'gi7eba~0',
    'gi7ebax1',
    '.gitignore',
    '.gitattributes',
    'a\\.gitmodules',
    ' ',
    'a ',
  ],
  ...[
    '.g\u200cit',
    '\ufeff.git',
    '.git\u200d',
    '.gi\u202et',
    '.g\u206fit',
    '.g\u2010it',
    '.g\u200bit',
  ],
  ...[
    '.gitm\u200codules',
    '.g\u0131t',
    '.git\u0301',
    'x\ty',
    'x\ny',
    'CON',
    'aux.txt',
    '-',
    '-rf',
    '~',
  ],
]

/** Whether git accepts it into an index, with the protections of these systems. */
function gitTakes(dir: string, name: string, mode: string): boolean {
  const oid = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
  const guards = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true']
  try {
    git(dir, [...guards, 'update-index', '-z', '--index-info'], {
      input: `${mode} ${oid}\t${name}\0`,
    })
    return git(dir, ['ls-files', '-z']) !== ''
  } catch {
    return false
  } finally {
    git(dir, ['read-tree', '--empty'])
  }
}

describe('a name is unsafe where git finds it so', () => {
  const dir = () => {
    const folder = temporaryFolder()
    git(folder, ['init', '--quiet'])
    return folder
  }

  test('as a file, and as a symlink', { tags: ['deep'] }, () => {
    const folder = dir()
    for (const name of names) {
      const takes = (mode: string) => gitTakes(folder, name, mode)
      expect([name, unsafeName(bytes(name), regular) === null]).toEqual([name, takes('100644')])
      expect([name, unsafeName(bytes(name), symlink) === null]).toEqual([name, takes('120000')])
    }
  })

  test('and where it is no name at all', () => {
    expect(unsafeName('', regular)).toMatch(/empty/)
    expect(unsafeName('a/b', regular)).toMatch(/slash/)
  })
})

const oid = '1'.repeat(40)

function storeOf(entries: [mode: string, name: string][]): ObjectStore {
  const data = Buffer.concat(
    entries.map(([mode, name]) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
    ),
  )
  const tree = { type: 'tree', data } as const
  return {
    has: async () => true,
    read: async () => tree,
    open: async () => tree,
    refresh: async () => undefined,
    close: async () => undefined,
  }
}

describe('a tree', () => {
  test('gets git’s own five modes', async () => {
    const entries = await readSafeTree(
      storeOf([
        ['100664', 'a'],
        ['100744', 'b'],
        ['040000', 'c'],
        ['120777', 'd'],
        ['160000', 'e'],
      ]),
      oid,
      '',
    )
    expect(entries.map(({ mode }) => mode.toString(8))).toEqual([
      '100644',
      '100755',
      '40000',
      '120000',
      '160000',
    ])
  })

  test.each([
    [
      'a name twice',
      [
        ['100644', 'a'],
        ['100644', 'a'],
      ],
      '"in/a"',
    ],
    [
      'a file and a folder of one name',
      [
        ['100644', 'a'],
        ['100644', 'a.b'],
        ['40000', 'a'],
      ],
      '"in/a"',
    ],
    ['.git', [['40000', '.git']], '"in/.git"'],
    ['a name with control characters', [['40000', 'git~1:\u001b[2J']], '"in/git~1:\\033[2J"'],
    ['an unknown mode', [['10644', 'a']], '"in/a"'],
    ['a symlink called .gitmodules', [['120000', '.gitmodules']], '"in/.gitmodules"'],
  ] as [string, [string, string][], string][])('with %s is refused', async (_, entries, shown) => {
    const reading = readSafeTree(storeOf(entries), oid, 'in')
    await expect(reading).rejects.toThrow(PathError)
    await expect(readSafeTree(storeOf(entries), oid, 'in')).rejects.toThrow(shown)
  })

  test('that is not sorted is damaged', async () => {
    const store = storeOf([
      ['100644', 'b'],
      ['100644', 'a'],
    ])
    await expect(readSafeTree(store, oid, '')).rejects.toThrow(CorruptObjectError)
  })
})
