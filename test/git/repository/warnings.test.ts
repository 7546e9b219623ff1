import { describe, expect, test } from 'vitest'
import { warningsOf } from '../../../src/git/repository/warnings.js'
import { git, temporaryFolder } from '../support/real-git.js'
import { placeOf } from '../support/repository.js'
import { addCommit, type RandomLeaf, type RandomTree } from '../support/trees.js'

const file = (content: string): RandomLeaf => ({ mode: '100644', content })

async function warningsFor(files: [string, RandomLeaf][]) {
  const dir = temporaryFolder()
  git(dir, ['init', '--quiet', '--initial-branch=main'])
  git(dir, ['commit', '--allow-empty', '--quiet', '-m', 'empty'])
  const tree: RandomTree = new Map([['a', file('a')], ...files])
  const commit = addCommit(dir, tree, 1)
  const { store, gitDir } = await placeOf(dir)
  return warningsOf(store, git(dir, ['rev-parse', `${commit}^{tree}`]), { gitDir })
}

describe('what a tree needs that is not done is told', () => {
  test.each([
    ['nothing', [['b/c', file('x')]], []],
    ['LFS', [['.gitattributes', file('*.bin filter=lfs diff=lfs merge=lfs -text\n')]], ['lfs']],
    ['LFS, deep down', [['x/y/.gitattributes', file('*.bin filter=lfs')]], ['lfs']],
    ['a submodule', [['sub', { mode: '160000', content: '1'.repeat(40) }]], ['submodules']],
    ['.gitmodules', [['.gitmodules', file('[submodule "x"]\n')]], ['submodules']],
    ['.gitmodules that is none', [['x/.gitmodules', file('[submodule "x"]\n')]], []],
    ['CRLF', [['.gitattributes', file('*.bat text eol=crlf\r\n')]], []],
    ['an encoding', [['.gitattributes', file('*.txt working-tree-encoding=UTF-16\n')]], []],
    [
      'an unknown encoding',
      [['.gitattributes', file('*.txt working-tree-encoding=EBCDIC-US\n')]],
      ['encoding'],
    ],
    ['$Id$', [['.gitattributes', file('* ident\n')]], []],
    ['another filter', [['.gitattributes', file('"a b" filter=crypt\n')]], ['filter']],
    [
      'no conversion',
      [['.gitattributes', file('* text=auto eol=lf -ident !filter -filter\n')]],
      [],
    ],
    ['a comment', [['.gitattributes', file('# * filter=lfs\n  # ident\n')]], []],
    ['a file by the name', [['.gitattributes', file('ident text\nfilter=lfs text\n')]], []],
    [
      'all',
      [
        ['.gitattributes', file('*.a filter=lfs\n*.b filter=crypt\n*.c working-tree-encoding=x\n')],
        ['s', { mode: '160000', content: '1'.repeat(40) }],
      ],
      ['lfs', 'submodules', 'filter', 'encoding'],
    ],
  ] as [string, [string, RandomLeaf][], string[]][])('%s', async (_, files, expected) => {
    expect(await warningsFor(files)).toEqual(expected)
  })
})
